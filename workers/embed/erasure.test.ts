import { describe, expect, test } from 'vitest'
import { tables } from '../../schema/tables.ts'
import { aForget, anInteraction, EmbedHarness } from '../../test/support/interactions.ts'

describe('an erasure', () => {
  test('leaves nothing but where it happened', () => {
    const embed = new EmbedHarness()
    embed.feedAll(anInteraction({ eventId: 'secret', itemId: 'tea', type: 'PURCHASE' }), aForget())
    const { profile, ...rest } = embed.state()
    expect(rest).toEqual({
      position: { partition: 0, offset: 1 },
      changed: -1,
      causedByEventId: null,
      heldOutItem: null,
      recentIds: new Uint8Array(0),
      olderIds: [],
      adopted: [],
    })
    expect(profile.history).toEqual([])
    expect(profile.seen.ids).toEqual([])
  })

  test('takes the event ids and the archive with it, and shows where it happened', () => {
    const embed = new EmbedHarness()
    embed.feed(anInteraction())
    const { outcome, vectors, history } = embed.feed(aForget())
    expect(vectors).toEqual([null])
    expect(outcome.emits?.[0]?.headers).toEqual({ partition: '0', offset: '1', epoch: '0' })
    expect(history).toEqual([{ kind: 'forget', userId: 'ann', offset: 1 }])
    expect(outcome.rows).toContainEqual({ table: tables.eventIds, partition: 'ann', erase: true, writeTimestamp: 2n })
    const marker = outcome.rows?.find((row) => row.table === tables.erasureMarkers)
    expect(marker?.partition).not.toContain('ann')
  })

  test('is not undone by records from before it that are given again', () => {
    const embed = new EmbedHarness()
    const retried = anInteraction({ eventId: 'a' })
    embed.feedAll(retried, retried, aForget())
    expect(embed.at(1, retried).outcome).toEqual({})
  })

  test('that was cut off in its middle is carried out again', () => {
    const embed = new EmbedHarness()
    embed.feedAll(anInteraction(), aForget())
    const again = embed.at(1, aForget())
    expect(again.outcome.rows).toContainEqual({
      table: tables.eventIds,
      partition: 'ann',
      erase: true,
      writeTimestamp: 2n,
    })
  })

  test('is the end of one life: the same event afterwards begins a new one', () => {
    const embed = new EmbedHarness()
    const event = anInteraction({ itemId: 'tea' })
    embed.feedAll(event, aForget(), event)
    expect(embed.items()).toEqual(['tea'])
  })
})
