import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { graphqlClient } from './graphql-client.ts'
import type { HttpAnswer } from './http-post.ts'

const url = 'http://127.0.0.1:4000/graphql'
const unreachable = new Error('connect ECONNREFUSED 127.0.0.1:4000')

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

/** Asks a server that answers as given, then is unreachable; resolves with the error and the time it took, in ms. */
async function failureAfter(answers: readonly HttpAnswer[], retryMsMax: number) {
  const rest = [...answers]
  const post = () => (rest.length > 0 ? Promise.resolve(rest.shift()!) : Promise.reject(unreachable))
  const started = performance.now()
  const failed = graphqlClient({ url, retryMsMax, post })('{ __typename }').catch((error: Error) => error)
  await vi.runAllTimersAsync()
  return { error: (await failed) as Error, ms: performance.now() - started }
}

test('gives up within 10 s where no server has ever answered, and says how to start or name one', async () => {
  const { error, ms } = await failureAfter([], 600_000)
  expect(ms).toBeLessThan(12_500)
  expect(error.message).toBe(
    `no server answers at ${url} (connect ECONNREFUSED 127.0.0.1:4000): start one with npm start, or name it by --url or PICKSTREAM_URL`,
  )
})

test('a server that has answered is retried as long as the caller asked for', async () => {
  const { error, ms } = await failureAfter([{ status: 503, text: '' }], 60_000)
  expect(ms).toBeGreaterThan(40_000)
  expect(error.message).toBe(`${url}: connect ECONNREFUSED 127.0.0.1:4000`)
})
