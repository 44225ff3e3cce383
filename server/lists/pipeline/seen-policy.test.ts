import { describe, expect, test } from 'vitest'
import { emptyProfile, type HistoryEntry } from '../../../engine/user/profile.ts'
import { toSnapshot } from '../../../engine/user/snapshot.ts'
import { packTouched, unpackTouched } from '../../../schema/records/touched.ts'
import { parseRules } from '../../../schema/rules.ts'
import { nothingTouched, SeenItems } from './seen-policy.ts'

const dayMs = 86_400_000
const now = 100 * dayMs

type Event = readonly [type: HistoryEntry['type'], itemId: string, daysAgo: number, portion?: number]

/** What a policy keeps out of the list of somebody with this history, by way of the records. */
function seen(policy: string, ...events: readonly Event[]) {
  const history = [...events]
    .sort((a, b) => b[2] - a[2])
    .map(([type, itemId, daysAgo, portion], seq) => ({
      seq,
      eventId: String(seq),
      itemId,
      type,
      value: null,
      quantity: 1,
      timestamp: now - daysAgo * dayMs,
      ...(portion !== undefined && { portion }),
    }))
  const touched = packTouched(toSnapshot({ ...emptyProfile('u'), history }))
  const items = new SeenItems(
    parseRules(`seen: ${policy}`).shop.seen!,
    touched ? unpackTouched(touched) : nothingTouched,
    now,
  )
  return { recent: [...items.recent()].sort().join(), among: (...ids: string[]) => [...items.among(ids)].join() }
}

describe('the rule of what is seen', () => {
  test('an event type counts for ever, for so long, or not at all', () => {
    const history: Event[] = [
      ['PURCHASE', 'bought', 60],
      ['VIEW', 'viewed', 29],
      ['VIEW', 'viewed-long-ago', 31],
      ['RATING', 'rated', 1],
    ]
    expect(seen('{ PURCHASE: forever, VIEW: 30d }', ...history).recent).toBe('bought,viewed')
    expect(seen('{ PURCHASE: 30d }', ...history).recent).toBe('')
    expect(seen('{ RATING: forever, PURCHASE: 90d }', ...history).recent).toBe('bought,rated')
    expect(seen('{}', ...history).recent).toBe('')
  })

  test('each type of an item counts by its own newest event', () => {
    const history: Event[] = [
      ['PURCHASE', 'a', 60],
      ['PURCHASE', 'a', 45],
      ['VIEW', 'a', 1],
    ]
    expect(seen('{ PURCHASE: 30d }', ...history).recent).toBe('')
    expect(seen('{ PURCHASE: 50d }', ...history).recent).toBe('a')
    expect(seen('{ VIEW: 2d }', ...history).recent).toBe('a')
  })

  test('a portion counts from its value on, whatever came after', () => {
    const history: Event[] = [
      ['CONSUME', 'half', 2, 0.5],
      ['CONSUME', 'most', 5, 0.6],
      ['CONSUME', 'most', 2, 0.1],
      ['VIEW', 'most', 1],
      ['CONSUME', 'unknown', 1],
    ]
    expect(seen('{ CONSUME: 0.6 }', ...history).recent).toBe('most')
    expect(seen('{ CONSUME: 36h }', ...history).recent).toBe('unknown')
    expect(seen('{ CONSUME: forever }', ...history).recent).toBe('half,most,unknown')
  })

  test('what was rejected is seen whatever the rule says, also when it was viewed since', () => {
    const history: Event[] = [
      ['DISMISS', 'a', 5],
      ['DISLIKE', 'b', 5],
      ['VIEW', 'b', 1],
    ]
    expect(seen('{}', ...history).recent).toBe('a,b')
  })

  test('of what is known no more when it was bought or rated, all is seen where one of these is for ever', () => {
    expect(seen('{ PURCHASE: forever }').among('old')).toBe('old')
    expect(seen('{ RATING: forever }').among('old')).toBe('old')
    expect(seen('{ PURCHASE: 30d, RATING: 30d }').among('old')).toBe('')
    expect(seen('{ PURCHASE: 30d }', ['PURCHASE', 'a', 31], ['PURCHASE', 'b', 1]).among('a', 'b', 'c')).toBe('b')
  })
})
