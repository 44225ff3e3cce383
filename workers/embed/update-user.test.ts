import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { toSnapshot } from '../../engine/user/snapshot.ts'
import { unpackIgnored } from '../../schema/records/attention.ts'
import { decodeErasureMarker, encodeErasureMarker } from '../../schema/records/erasure.ts'
import { actedAt } from '../../schema/records/headers.ts'
import type { InteractionRecord } from '../../schema/records/interaction.ts'
import { decodeUserState, encodeUserState } from '../../schema/records/user-state.ts'
import { aForget, anIdentify, anInteraction, anUndo, aRefresh, EmbedHarness } from '../../test/support/interactions.ts'

const anyRecord = fc
  .record({
    kind: fc.constantFrom('event', 'event', 'event', 'undo', 'forget', 'refresh', 'retry' as const),
    event: fc.nat(9),
    item: fc.nat(3),
    type: fc.constantFrom('VIEW', 'CLICK', 'PURCHASE', 'DISMISS', 'IMPRESSION' as const),
  })
  .map(({ kind, event, item, type }): InteractionRecord => {
    if (kind === 'undo') return anUndo(`e${event}`)
    if (kind === 'forget') return aForget()
    if (kind === 'refresh') return aRefresh()
    return anInteraction({ eventId: `e${event}`, itemId: `i${item}`, type, timestamp: '2026-01-15T12:00:00Z' })
  })

describe('an event', () => {
  test('counts, is remembered, and tells the item side what came before it', () => {
    const embed = new EmbedHarness()
    const [, second] = embed.feedAll(
      anInteraction({ itemId: 'tea', type: 'VIEW' }),
      anInteraction({ itemId: 'cup', type: 'PURCHASE', eventId: 'bought' }),
    )
    expect(embed.items()).toEqual(['tea', 'cup'])
    expect(second!.vectors[0]).toMatchObject({ causedByEventId: 'bought', position: { offset: 1 } })
    expect(second!.history).toMatchObject([{ kind: 'event', offset: 1, event: { eventId: 'bought' } }])
    expect(second!.deltas).toMatchObject([{ source: { offset: 1 }, delta: { key: 'i:cup', partners: ['tea'] } }])
  })

  test('that a client sends again counts once, even after a thousand more, and makes no list', () => {
    const embed = new EmbedHarness()
    embed.feed(anInteraction({ eventId: 'first', itemId: 'tea' }))
    for (let n = 0; n < 1000; n++) embed.feed(anInteraction())
    const before = embed.state()
    expect(before.olderIds.length).toBeGreaterThan(5)

    const again = embed.feed(anInteraction({ eventId: 'first', itemId: 'tea' }))
    expect(again.history).toEqual([])
    expect(again.deltas).toEqual([])
    expect(again.vectors).toEqual([])
    expect(embed.state()).toMatchObject({ changed: before.changed, position: { offset: 1001 } })
    expect(embed.state().profile).toEqual(before.profile)
  })

  test('that is given again by the log has nothing left to do', () => {
    const embed = new EmbedHarness()
    const event = anInteraction()
    embed.feedAll(event, anInteraction())
    expect(embed.at(0, event).outcome).toEqual({})
  })

  test('computed again from the state before it says the very same', () => {
    fc.assert(
      fc.property(fc.array(anyRecord, { maxLength: 30 }), anyRecord, (before, record) => {
        const [one, other] = [new EmbedHarness(), new EmbedHarness()]
        for (const embed of [one, other]) embed.feedAll(...before)
        const { outcome: _, ...said } = one.feed(record)
        const { outcome: __, ...again } = other.feed(record)
        expect(again).toEqual(said)
      }),
    )
  })
})

describe('however a log is given again', () => {
  test('from any place any number of times, the state ends as if every record had come once', () => {
    fc.assert(
      fc.property(
        fc.array(anyRecord, { maxLength: 40 }),
        fc.array(fc.nat(39), { maxLength: 6 }),
        (records, restarts) => {
          const once = new EmbedHarness()
          once.feedAll(...records)
          const again = new EmbedHarness()
          again.feedAll(...records)
          for (const from of restarts) {
            for (let n = from; n < records.length; n++) again.at(n, records[n]!)
          }
          expect(again.states).toEqual(once.states)
        },
      ),
    )
  })

  test('the revision a user sees never goes back', () => {
    fc.assert(
      fc.property(
        fc.array(anyRecord, { maxLength: 40 }),
        fc.array(fc.nat(39), { maxLength: 6 }),
        (records, restarts) => {
          const embed = new EmbedHarness()
          const said = embed.feedAll(...records)
          for (const from of restarts) said.push(...records.slice(from).map((record, n) => embed.at(from + n, record)))
          let newest = -1
          for (const { vectors, outcome } of said) {
            for (const vector of vectors) {
              if (vector === null || outcome.state === undefined) continue
              expect(vector.position.offset).toBeGreaterThanOrEqual(newest)
              newest = vector.position.offset
            }
          }
        },
      ),
    )
  })
})

describe('an undo', () => {
  test('leaves the user as if the events had not happened', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ item: fc.nat(4), gone: fc.boolean() }), { minLength: 1, maxLength: 30 }),
        fc.constantFrom('VIEW', 'PURCHASE', 'DISMISS' as const),
        (plan, type) => {
          const events = plan.map(({ item, gone }, n) => ({
            gone,
            record: anInteraction({ eventId: `e${n}`, itemId: `i${item}`, type: gone ? type : 'CLICK' }),
          }))
          const undone = new EmbedHarness()
          undone.feedAll(...events.map(({ record }) => record))
          const gone = events.filter((event) => event.gone).map(({ record }) => record.eventId)
          if (gone.length > 0) undone.feed(anUndo(...gone))
          const never = new EmbedHarness()
          events.forEach(({ gone: isGone, record }, n) => {
            if (!isGone) never.at(n, record)
          })
          if (never.states.size === 0) {
            expect(undone.items()).toEqual([])
            return
          }
          const shown = (embed: EmbedHarness) => ({ ...toSnapshot(embed.state().profile), seq: 0 })
          expect(shown(undone)).toEqual(shown(never))
        },
      ),
    )
  })

  test('takes the events out of the archive', () => {
    const embed = new EmbedHarness()
    embed.feedAll(anInteraction({ eventId: 'a' }), anInteraction({ eventId: 'b' }))
    expect(embed.feed(anUndo('a')).history).toEqual([{ kind: 'undo', userId: 'ann', offset: 2, offsets: [0] }])
  })

  test('is not taken back by a client that sends the event again', () => {
    const embed = new EmbedHarness()
    const event = anInteraction({ itemId: 'tea' })
    embed.feedAll(event, anInteraction({ itemId: 'cup' }), anUndo(event.eventId), event)
    expect(embed.items()).toEqual(['cup'])
  })

  test('of a user nobody knows makes no state and still releases who waits for it', () => {
    const embed = new EmbedHarness()
    const said = embed.feed(anUndo('a'))
    expect(said.vectors).toEqual([null])
    expect(said.outcome.emits?.[0]?.headers).toMatchObject({ offset: '0' })
    expect(embed.states.size).toBe(0)
  })
})

describe('a refresh', () => {
  test('makes a new revision of what is known, and nothing else', () => {
    const embed = new EmbedHarness()
    embed.feed(anInteraction())
    const { history } = embed.state().profile
    const said = embed.feed(aRefresh())
    expect(said.vectors[0]).toMatchObject({ position: { offset: 1 } })
    expect(said.history).toEqual([])
    expect(embed.state().profile.history).toEqual(history)
  })

  test('of a user nobody knows puts the tombstone on top again', () => {
    expect(new EmbedHarness().feed(aRefresh()).vectors).toEqual([null])
  })
})

describe('an impression', () => {
  const shown = (itemId: string, recommendationId: string, userId = 'ann') =>
    anInteraction({ userId, itemId, type: 'IMPRESSION', recommendationId })
  const ignored = (result: ReturnType<EmbedHarness['feed']>) => {
    const packed = result.vectors[0]!.ignored
    return packed ? [...unpackIgnored(packed)].map(([itemId, times]) => `${itemId} ${times.length}`) : []
  }
  const acted = ({ outcome }: ReturnType<EmbedHarness['feed']>) => actedAt(outcome.emits![0]!.headers!)

  test('is in the vector until the user reacts to the item, and in that of nobody else', () => {
    const embed = new EmbedHarness()
    embed.feedAll(shown('tea', 'a'), shown('cup', 'a'), shown('tea', 'b'))
    expect(ignored(embed.feed(shown('tea', 'c')))).toEqual(['cup 1', 'tea 3'])
    expect(ignored(embed.feed(shown('tea', 'x', 'bob')))).toEqual(['tea 1'])
    expect(ignored(embed.feed(anInteraction({ itemId: 'tea', type: 'CLICK' })))).toEqual(['cup 1'])
    embed.feed(aForget())
    expect(ignored(embed.feed(shown('cup', 'd')))).toEqual(['cup 1'])
  })

  test('counts once per list, also where lists with the item alternate, before and after a reaction', () => {
    const embed = new EmbedHarness()
    embed.feedAll(shown('tea', 'a'), shown('tea', 'b'))
    const known = embed.state()
    const again = embed.feedAll(shown('tea', 'a'), shown('tea', 'b'), shown('tea', 'a'))
    expect(again.flatMap(({ outcome }) => outcome.emits ?? [])).toEqual([])
    expect(embed.state().profile).toEqual(known.profile)
    expect(ignored(embed.feed(shown('tea', 'c')))).toEqual(['tea 3'])
    embed.feedAll(anInteraction({ itemId: 'tea', type: 'CLICK' }), shown('tea', 'a'))
    expect(ignored(embed.feed(shown('cup', 'a')))).toEqual(['cup 1'])
  })

  test('names in a header what else is in its vector, so that lists for impressions alone can be bounded', () => {
    const embed = new EmbedHarness()
    expect(acted(embed.feed(shown('tea', 'a')))).toBe(0)
    expect(acted(embed.feed(shown('cup', 'a')))).toBe(0)
    expect(acted(embed.feed(anInteraction()))).toBe(2)
    embed.states.set('ann', structuredClone(embed.state()))
    expect(acted(embed.feed(shown('pot', 'b')))).toBe(2)
    expect(acted(embed.feed(shown('jug', 'b')))).toBe(2)
    expect(acted(embed.feed(aRefresh()))).toBe(5)
    expect(acted(embed.feed(shown('tea', 'c')))).toBe(5)
  })

  test('goes over to the user with the guest', () => {
    const embed = new EmbedHarness()
    embed.feedAll(shown('tea', 'a'), shown('tea', 'g', 'guest'))
    const { handedOver } = embed.feed(anIdentify())
    expect(ignored(embed.feed(handedOver[0]!))).toEqual(['tea 2'])
  })
})

describe('after topic interactions was recreated and the epoch raised', () => {
  /** Both harnesses share the states, as epochs share the store. */
  const inNextEpoch = (before: EmbedHarness) => new EmbedHarness(undefined, { epoch: 1, states: before.states })

  test('an event at an offset that the user had passed before counts, once', () => {
    const first = new EmbedHarness()
    first.feedAll(anInteraction({ eventId: 'a', itemId: 'tea' }), anInteraction({ eventId: 'b', itemId: 'cup' }))
    const second = inNextEpoch(first)
    const event = anInteraction({ eventId: 'c', itemId: 'pot' })
    const { vectors, history, deltas } = second.feed(event)
    expect(second.items()).toEqual(['tea', 'cup', 'pot'])
    expect(vectors[0]).toMatchObject({ epoch: 1, position: { partition: 0, offset: 0 } })
    expect(history).toMatchObject([{ kind: 'event', offset: 0 }])
    expect(deltas[0]!.source).not.toEqual({ partition: 0, offset: 0 }) // the row has had this position already
    expect(second.at(0, event).outcome).toEqual({})
    expect(second.feed(anInteraction({ eventId: 'a', itemId: 'tea' })).history).toEqual([])
  })

  test('an erased user may return', () => {
    const first = new EmbedHarness()
    first.feedAll(anInteraction(), anInteraction(), aForget())
    const second = inNextEpoch(first)
    second.feed(anInteraction({ eventId: 'new', itemId: 'pot' }))
    expect(second.items()).toEqual(['pot'])
  })

  test('what the state says of its epoch is stored, also of an erased user', () => {
    const first = new EmbedHarness()
    first.feed(anInteraction())
    const second = inNextEpoch(first)
    second.feed(anInteraction())
    expect(decodeUserState(encodeUserState(second.state())).epoch).toBe(1)
    second.feed(aForget())
    expect(decodeErasureMarker(encodeErasureMarker(second.state())).epoch).toBe(1)
  })
})
