import { describe, expect, test } from 'vitest'
import { aForget, anIdentify, anInteraction, anUndo, EmbedHarness } from '../../test/support/interactions.ts'

describe('a guest who logs in', () => {
  const logIn = () => {
    const embed = new EmbedHarness()
    embed.feedAll(
      anInteraction({ userId: 'guest', eventId: 'g1', itemId: 'tea' }),
      anInteraction({ userId: 'guest', eventId: 'g2', itemId: 'cup', type: 'PURCHASE' }),
      anInteraction({ eventId: 'a1', itemId: 'pot' }),
    )
    const { handedOver } = embed.feed(anIdentify())
    return { embed, adoption: handedOver[0]! }
  }

  test('takes the history along, and is forgotten', () => {
    const { embed, adoption } = logIn()
    const said = embed.feed(adoption)
    expect(embed.items()).toEqual(['tea', 'cup', 'pot'])
    expect(embed.items('guest')).toEqual([])
    expect(embed.state('guest').changed).toBe(-1)
    expect(said.vectors[0]).toMatchObject({ adopted: [{ partition: 0, offset: 3 }] })
    expect(said.history).toMatchObject([{ kind: 'adopt', events: [{ eventId: 'g1' }, { eventId: 'g2' }] }])
  })

  test('takes it along once, however often it is handed over', () => {
    const { embed, adoption } = logIn()
    embed.feed(adoption)
    const { profile } = embed.state()
    const again = embed.feed(adoption)
    expect(again.history).toEqual([])
    expect(embed.state().profile).toEqual(profile)
  })

  test('brings no event twice that both have sent', () => {
    const { embed, adoption } = logIn()
    embed.feed(anInteraction({ eventId: 'g2', itemId: 'cup', type: 'PURCHASE' }))
    const said = embed.feed(adoption)
    expect(embed.items()).toEqual(['tea', 'pot', 'cup'])
    expect(said.history).toMatchObject([{ kind: 'adopt', events: [{ eventId: 'g1' }] }])
    expect(embed.state().profile.seen).toEqual({ ids: ['cup'], counts: [1] })
  })

  test('cannot send the events again under the new name', () => {
    const { embed, adoption } = logIn()
    embed.feedAll(adoption, anInteraction({ eventId: 'g1', itemId: 'tea' }))
    expect(embed.items()).toEqual(['tea', 'cup', 'pot'])
  })

  test('can take back afterwards what was done as a guest, in the archive too', () => {
    const { embed, adoption } = logIn()
    embed.feed(adoption)
    const { history } = embed.feed(anUndo('g2'))
    expect(embed.items()).toEqual(['tea', 'pot'])
    expect(history).toMatchObject([{ kind: 'undo', offsets: [4 + 2 / 4096] }])
  })

  test('does not bring the history back when the user was erased in between', () => {
    const { embed, adoption } = logIn()
    const [, , late] = embed.feedAll(adoption, aForget(), adoption)
    expect(late!.history).toEqual([])
    expect(late!.vectors).toEqual([null])
    expect(embed.state().profile.history).toEqual([])
  })

  test('is the same person already: nothing happens', () => {
    const embed = new EmbedHarness()
    embed.feed(anInteraction({ itemId: 'tea' }))
    expect(embed.feed(anIdentify('ann', 'ann')).handedOver).toEqual([])
    expect(embed.items()).toEqual(['tea'])
  })
})
