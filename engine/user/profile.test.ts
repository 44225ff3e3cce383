import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { anInteraction } from '../test-builders.ts'
import { eventTypes, type Interaction } from '../types.ts'
import { applyInteraction, emptyProfile, historyEntriesMax, mergeProfiles, undoInteractions } from './profile.ts'
import { hasSeen, seenIdsMax } from './seen.ts'
import { snapshotOfSession, toSnapshot } from './snapshot.ts'

const context = { model: null }

const events = fc.array(
  fc.record({
    itemId: fc.constantFrom('tea', 'coffee', 'milk', 'bread'),
    // Of many CONSUME events of an item the history keeps three: consume.test.ts.
    type: fc.constantFrom(...eventTypes.filter((type) => type !== 'IMPRESSION' && type !== 'CONSUME')),
    timestamp: fc.integer({ min: 0, max: 1e6 }),
  }),
  { maxLength: 40 },
)

function profileOf(list: readonly Partial<Interaction>[], first = 0) {
  return list.reduce<ReturnType<typeof emptyProfile>>(
    (profile, event, k) =>
      applyInteraction(
        profile,
        anInteraction({ ...event, eventId: event.eventId ?? `e${first + k}` }),
        first + k,
        context,
      ),
    emptyProfile('ann'),
  )
}

describe('a profile', () => {
  test('keeps the newest entries and remembers all that was bought', () => {
    const list = Array.from({ length: historyEntriesMax + 50 }, (_, k) => ({ itemId: `item-${k}` }))
    const profile = profileOf(list)
    expect(profile.history).toHaveLength(historyEntriesMax)
    expect(profile.history[0]!.itemId).toBe('item-50')
    expect(list.every(({ itemId }) => hasSeen(profile.seen, itemId))).toBe(true)
    expect(profile.events).toBe(historyEntriesMax + 50)
  })

  test('of ever more items keeps a bounded set of them, with all that the history can undo', () => {
    const profile = profileOf(Array.from({ length: seenIdsMax + 700 }, (_, k) => ({ itemId: `item-${k}` })))
    expect(profile.seen.ids.length).toBeLessThanOrEqual(seenIdsMax)
    expect(profile.seen.ids.length).toBeGreaterThan(0.9 * seenIdsMax)
    expect(profile.events).toBe(seenIdsMax + 700)
    for (const { itemId } of profile.history) expect(hasSeen(profile.seen, itemId)).toBe(true)
    const gone = profile.history.map(({ eventId }) => eventId)
    const undone = undoInteractions(profile, gone, context)
    expect(undone.seen.ids).toHaveLength(profile.seen.ids.length - historyEntriesMax)
    const other = profileOf(
      Array.from({ length: seenIdsMax }, (_, k) => ({ itemId: `other-${k}` })),
      10_000,
    )
    const merged = mergeProfiles(profile, other, context)
    expect(merged.seen.ids.length).toBeLessThanOrEqual(seenIdsMax)
    for (const { itemId } of merged.history) expect(hasSeen(merged.seen, itemId)).toBe(true)
  })

  test('a view does not mark an item as seen', () => {
    expect(hasSeen(profileOf([{ itemId: 'tea', type: 'VIEW' }]).seen, 'tea')).toBe(false)
  })

  test('is not changed in place', () => {
    const before = profileOf([{ itemId: 'tea' }])
    const copy = structuredClone(before)
    applyInteraction(before, anInteraction({ itemId: 'coffee' }), 7, context)
    undoInteractions(before, ['e0'], context)
    expect(before).toEqual(copy)
  })

  test('an undone event leaves what would be there without it', () => {
    fc.assert(
      fc.property(events, fc.nat(), (list, pick) => {
        fc.pre(list.length > 0)
        const gone = pick % list.length
        const undone = undoInteractions(profileOf(list), [`e${gone}`], context)
        const never = list.flatMap((event, k) => (k === gone ? [] : [{ ...event, eventId: `e${k}`, seq: k }]))
        const expected = never.reduce<ReturnType<typeof emptyProfile>>(
          (profile, event) => applyInteraction(profile, anInteraction(event), event.seq, context),
          emptyProfile('ann'),
        )
        expect({ ...undone, seq: 0 }).toEqual({ ...expected, seq: 0 })
      }),
    )
  })

  test("a guest's history moves to the user in the order of time, each event once", () => {
    fc.assert(
      fc.property(events, events, (own, guests) => {
        const user = profileOf(own)
        const guest = profileOf(guests, 100)
        const merged = mergeProfiles(user, guest, context)
        expect(merged.history.map((entry) => entry.timestamp)).toEqual(
          [...own, ...guests].map((e) => e.timestamp).sort((a, b) => a - b),
        )
        expect(mergeProfiles(merged, guest, context).history).toEqual(merged.history)
        expect(mergeProfiles(merged, guest, context).seen).toEqual(merged.seen)
      }),
    )
  })

  test('a snapshot has each touched item once, newest first, and rejected items separately', () => {
    const snapshot = toSnapshot(
      profileOf([
        { itemId: 'tea', timestamp: 1000 },
        { itemId: 'milk', timestamp: 2000 },
        { itemId: 'tea', timestamp: 5000 },
        { itemId: 'beer', type: 'DISMISS', timestamp: 6000 },
      ]),
    )
    expect(snapshot).toMatchObject({
      items: ['tea', 'milk'],
      ages: [0, 3],
      newestAt: 5000,
      rejected: ['beer'],
    })
  })

  test('habits are the items of several purchases, the often and lately bought first, also of those that left the history', () => {
    const bought = (itemId: string, count: number) => Array.from({ length: count }, () => ({ itemId }))
    const filler = Array.from({ length: historyEntriesMax }, (_, k) => ({ itemId: `once-${k}` }))
    const habitsOf = (events: Partial<Interaction>[]) => {
      const { habits = [], seen } = toSnapshot(profileOf(events))
      return habits.map((value, n) => (n % 2 === 0 ? seen[value] : value))
    }
    expect(habitsOf([...bought('tea', 1), ...bought('milk', 1)])).toEqual([])
    expect(habitsOf([...bought('tea', 2), ...bought('milk', 3)])).toEqual(['milk', 298, 'tea', 195])
    expect(habitsOf([...bought('tea', 3), ...filler.slice(0, 100), ...bought('milk', 2)])).toEqual([
      'milk',
      199,
      'tea',
      147,
    ])
    expect(habitsOf([...bought('tea', 30), ...filler, ...bought('milk', 2)])).toEqual(['tea', 300, 'milk', 199])
    const views = Array.from({ length: 50 }, () => ({ itemId: 'tea', type: 'VIEW' as const }))
    expect(habitsOf([...views, ...bought('milk', 2)])).toEqual(['milk', 199])
    const many = Array.from({ length: 90 }, (_, k) => bought(`item-${k}`, 2)).flat()
    expect(habitsOf(many)).toHaveLength(2 * 64)
  })

  test('a snapshot of a session equals that of a user with this history', () => {
    const trail = snapshotOfSession(
      [
        { itemId: 'tea', type: 'VIEW', timestamp: 5 },
        { itemId: 'milk', type: 'CART', timestamp: 9 },
      ],
      null,
    )
    expect(trail.items).toEqual(['milk', 'tea'])
    expect(trail.seen).toEqual([])
  })
})
