import { expect, test } from 'vitest'
import { RequestError } from '../lib/graphql-client.ts'
import { importFile, requestBytesMax } from './import-file.ts'
import type { Outcome } from './reader.ts'

interface Input {
  readonly id: number
  readonly text?: string
}

const bar = { update() {}, print() {}, end() {} }
const inputs = (count: number, text?: string): Outcome<Input>[] =>
  Array.from({ length: count }, (_, id) => ({ line: id + 1, input: { id, text } }))

async function run(
  outcomes: readonly Outcome<Input>[],
  refuse: (inputs: readonly Input[]) => void = () => {},
  skipRows = 0,
) {
  const requests: { ids: number[]; rowsDone: number | undefined }[] = []
  const bad: { line: number; reason: string }[] = []
  const totals = await importFile<Input>({
    reading: { bytes: 1, bytesRead: () => 1 },
    outcomes: (async function* () {
      yield* outcomes
    })(),
    bar,
    batchRows: 100,
    skipRows,
    async send(batch, rowsDone) {
      requests.push({ ids: batch.map(({ id }) => id), rowsDone })
      refuse(batch)
    },
    onBad: (line, reason) => bad.push({ line, reason }),
  })
  return { totals, requests, bad }
}

test('rows that cannot be taken cost no request', async () => {
  const outcomes = inputs(200).map((outcome, n): Outcome<Input> => {
    if (n % 3 === 0) return { line: n + 1, problem: 'damaged' }
    return n % 3 === 1 ? { line: n + 1, ignored: 'a page' } : outcome
  })
  const { totals, requests, bad } = await run(outcomes)
  expect(requests).toHaveLength(1)
  expect(totals).toEqual({ rows: 200, skipped: 0, accepted: 66, bad: 67, ignored: 67 })
  expect(bad[1]).toEqual({ line: 4, reason: 'damaged' })
})

test('a run that resumes reports the invalid rows of the whole file', async () => {
  const outcomes = inputs(10).map((outcome, n): Outcome<Input> => (n === 2 ? { line: 3, problem: 'damaged' } : outcome))
  const { totals, requests, bad } = await run(outcomes, undefined, 5)
  expect(requests.flatMap(({ ids }) => ids)).toEqual([5, 6, 7, 8, 9])
  expect(totals).toEqual({ rows: 10, skipped: 4, accepted: 5, bad: 1, ignored: 0 })
  expect(bad).toEqual([{ line: 3, reason: 'damaged' }])
})

test('rows that the server names cost one further request for all of them', async () => {
  const { totals, requests, bad } = await run(inputs(100), (batch) => {
    const issues = batch.flatMap(({ id }, n) => (id % 10 === 0 ? [{ path: `events[${n}].userId`, message: 'no' }] : []))
    if (issues.length > 0) throw new RequestError('refused', 'BAD_USER_INPUT', issues)
  })
  expect(requests).toHaveLength(2)
  expect(totals).toMatchObject({ accepted: 90, bad: 10 })
  expect(bad[0]).toEqual({ line: 1, reason: 'userId: no' })
})

test('a refusal without a name is halved, and no checkpoint passes rows that are still to be sent', async () => {
  const accepted = new Set<number>()
  const { totals, requests, bad } = await run(inputs(64), (batch) => {
    if (batch.some(({ id }) => id === 5)) throw new RequestError('$events[0] got an invalid value', 'BAD_USER_INPUT')
    for (const { id } of batch) accepted.add(id)
  })
  expect(bad).toEqual([{ line: 6, reason: '$events[0] got an invalid value' }])
  expect(totals.accepted).toBe(63)
  expect(accepted.size).toBe(63)
  expect(requests.length).toBeLessThanOrEqual(2 * Math.log2(64) + 1)
  const done = requests.flatMap(({ rowsDone }, n) => (rowsDone === undefined ? [] : [n]))
  expect(done.at(-1)).toBe(requests.length - 1)
  for (const n of done.slice(0, -1)) expect(requests[n]!.ids).toContain(5) // refused: nothing was saved
})

test('a request stays below the limit of bytes', async () => {
  const { requests } = await run(inputs(40, 'x'.repeat(60_000)))
  expect(requests.length).toBeGreaterThan(1)
  for (const { ids } of requests) expect(ids.length * 60_000).toBeLessThanOrEqual(requestBytesMax)
  expect(requests.flatMap(({ ids }) => ids)).toEqual(Array.from({ length: 40 }, (_, n) => n))
})

test('a refusal that is of no row ends the import', async () => {
  const refuse = () => {
    throw new RequestError('no access', 'UNAUTHENTICATED')
  }
  await expect(run(inputs(4), refuse)).rejects.toThrow('no access')
})
