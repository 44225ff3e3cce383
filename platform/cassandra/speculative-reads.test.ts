import { expect, test } from 'vitest'
import { SpeculativeReads } from './speculative-reads.ts'

const delays = (query: string, calm = true) => {
  const plan = new SpeculativeReads(50, () => calm).newPlan('shop', query)
  return [plan.nextExecution(), plan.nextExecution()]
}

test('a read of one partition is asked of one other replica', () => {
  expect(delays('SELECT picks FROM shop.lists_by_user WHERE user_id = ?')).toEqual([50, -1])
})

test('a write, a scan, and a read of a busy client are asked once', () => {
  expect(delays('INSERT INTO shop.lists_by_user (user_id, picks) VALUES (?, ?) USING TIMESTAMP ?')[0]).toBe(-1)
  expect(delays('SELECT user_id FROM shop.lists_by_user WHERE token(user_id) > ? AND token(user_id) <= ?')[0]).toBe(-1)
  expect(delays('SELECT picks FROM shop.lists_by_user WHERE user_id = ?', false)[0]).toBe(-1)
})
