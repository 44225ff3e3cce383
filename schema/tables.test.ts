import { expect, test } from 'vitest'
import { tables } from './tables.ts'
import { topicSpecs, topics } from './topics.ts'

test('the mark of an erasure is kept longer than any event of before waits in the backfill', () => {
  const { retentionMs } = topicSpecs(1).find(({ name }) => name === topics.backfill)!
  expect(tables.erasures.ttlSeconds * 1000).toBeGreaterThan(retentionMs!)
})
