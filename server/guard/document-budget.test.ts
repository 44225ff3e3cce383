import { buildSchema } from 'graphql'
import { expect, test } from 'vitest'
import { systemClock } from '../../platform/ports/clock.ts'
import { Documents } from '../graphql/documents.ts'
import { createDocumentCheck } from './document-budget.ts'
import type { Identity } from './identity.ts'
import type { RateLimit } from './rate-limit.ts'
import { createWorkQueues } from './work-queues.ts'

const identityOf = (client: string) => ({ client, role: 'shopper' }) as Identity

function setUp() {
  const schema = buildSchema('type Query { a: Int }')
  const documents = new Documents({ schema, rules: [], tokensMax: 1_000, suggestions: false })
  const order: string[] = []
  const rate = { charge: ({ client }: Identity) => void order.push(`charged ${client}`) } as unknown as RateLimit
  const queue = createWorkQueues().documents
  const check = createDocumentCheck({ documents, rate, clock: systemClock, queue, listed: undefined })
  const checkFor = async (client: string, name: string) => {
    await check(`query ${name} { a }`, identityOf(client))
    order.push(client)
  }
  return { documents, check, checkFor, order }
}

test('however many new documents arrive together, another client and other work wait for one of them', async () => {
  const { checkFor, order } = setUp()
  const greedy = Array.from({ length: 50 }, (_, n) => checkFor('eve', `q${n}`))
  const other = checkFor('ada', 'mine')
  setImmediate(() => order.push('other work'))
  await Promise.all([...greedy, other])
  const run = order.filter((entry) => !entry.startsWith('charged'))
  expect(run.indexOf('other work')).toBeLessThanOrEqual(2)
  expect(run.indexOf('ada')).toBeLessThanOrEqual(3)
  expect(order.slice(0, 51).every((entry) => entry.startsWith('charged') || entry === 'eve')).toBe(true)
})

test('a kept document is there at once, and is not charged', () => {
  const { documents, check, order } = setUp()
  documents.keep(documents.check('{ a }'))
  expect(check('{ a }', identityOf('ada'))).toMatchObject({ text: '{ a }' })
  expect(order).toEqual([])
})

test('one client has at most 100 that wait', async () => {
  const { checkFor } = setUp()
  const all = Array.from({ length: 101 }, (_, n) => checkFor('eve', `q${n}`))
  const refused = (await Promise.allSettled(all)).filter(({ status }) => status === 'rejected')
  expect(refused).toMatchObject([{ reason: { code: 'RATE_LIMITED' } }])
})
