import { afterEach, describe, expect, test, vi } from 'vitest'
import { Pickstream, type PickstreamError, type PickstreamOptions } from '../src/index.ts'

const url = 'http://127.0.0.1:9/graphql'
const clients: Pickstream[] = []
function open(options: Partial<PickstreamOptions> = {}): Pickstream {
  const client = new Pickstream({ url, ...options })
  clients.push(client)
  return client
}
afterEach(() => {
  for (const client of clients.splice(0)) client.close()
  vi.restoreAllMocks()
})

describe('url', () => {
  test.each(['/graphql', '', undefined, 'http://'])(
    '%s is refused outside of a page, with what is expected',
    (wrong) => {
      const expected = `url: expected the address of the GraphQL endpoint, absolute outside of a page, got ${JSON.stringify(wrong)}`
      expect(() => open({ url: wrong as string })).toThrow(expected)
    },
  )
})

describe('token', () => {
  const codeAndMessage = ({ code, message }: PickstreamError) => [code, message]
  const never = (): Promise<never> => new Promise(() => {})

  test('one that fails is named as the reason, not the server', async () => {
    const warned = vi.spyOn(console, 'warn').mockImplementation(() => {})
    const client = open({ token: () => Promise.reject(new Error('the session is over')) })
    const expected = 'the option token or headers failed: Error: the session is over'
    expect(await client.trending().catch(codeAndMessage)).toEqual(['UNAVAILABLE', expected])
    expect(warned).toHaveBeenCalledWith('Pickstream:', expected)
  })

  test('one that never comes ends the call after its time, and with its signal', async () => {
    const client = open({ token: never })
    const message = 'no answer within 5 ms'
    expect(await client.trending({ timeoutMs: 5 }).catch(codeAndMessage)).toEqual(['UNAVAILABLE', message])
    const signal = AbortSignal.abort(new Error('no longer needed'))
    await expect(client.trending({ signal })).rejects.toThrow('no longer needed')
  })
})

test('mutations go one after the other, so that the next list includes the newest', async () => {
  const begun: string[] = []
  let answerUndo = (_: Response): void => {}
  const post = async (_url: unknown, init?: RequestInit): Promise<Response> => {
    const { query, variables } = JSON.parse(String(init?.body))
    const [name] = /(?<=^\w+ )\w+/.exec(query)!
    begun.push(`${name} ${variables.after ?? ''}`)
    if (name === 'UndoEvents') return new Promise((resolve) => (answerUndo = resolve))
    if (name === 'RecordEvents') return Response.json({ data: { recordEvents: { token: 'recorded' } } })
    return Response.json({ data: { recommendations: {} } })
  }
  const client = open({ fetch: post as typeof fetch })
  const undone = client.undo('ann', ['e'])
  await vi.waitUntil(() => begun.length === 1)
  client.record({ userId: 'ann', itemId: 'a', type: 'VIEW' })
  const list = client.recommendations('ann')
  await new Promise((resolve) => setTimeout(resolve))
  expect(begun).toHaveLength(1)
  answerUndo(Response.json({ data: { undoEvents: { token: 'undone' } } }))
  await Promise.all([undone, list])
  expect(begun).toEqual(['UndoEvents ', 'RecordEvents ', 'Recommendations recorded'])
})

test('a request outlives its page only within the 64 KiB of bytes that browsers allow', async () => {
  const keepalives: (boolean | undefined)[] = []
  const post = async (_url: unknown, init?: RequestInit): Promise<Response> => {
    keepalives.push(init?.keepalive)
    return Response.json({ data: {} })
  }
  const client = open({ fetch: post as typeof fetch })
  await client.request('mutation($text: String) { __typename }' as never, { text: 'a'.repeat(40_000) })
  await client.request('mutation($text: String) { __typename }' as never, { text: '\u6f22'.repeat(40_000) })
  expect(keepalives).toEqual([true, false])
})
