import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { sideDeltasOf } from '../items/deltas.ts'
import { anInteraction } from '../test-builders.ts'
import { TrainingLogBuilder } from '../train/log.ts'
import { interactionMatrix } from '../train/matrix.ts'
import type { TrainedModel } from '../train/model.ts'
import type { Interaction } from '../types.ts'
import { applyInteraction, emptyProfile, refreshVector, type UserProfile, undoInteractions } from './profile.ts'
import { strengthOf } from './signals.ts'
import { toSnapshot } from './snapshot.ts'

const context = { model: null }
const consume = (fields: Partial<Interaction> = {}) => anInteraction({ itemId: 'film', type: 'CONSUME', ...fields })
const at = (portion?: number, seconds?: number) => strengthOf({ type: 'CONSUME', value: null, portion, seconds })

/** Applies events in order; with the weights they add to the trends of items. */
function live(...events: Interaction[]): { profile: UserProfile; weights: number[]; partners: string[][] } {
  const weights: number[] = []
  const partners: string[][] = []
  const profile = events.reduce((before, event, seq) => {
    const after = applyInteraction(before, event, seq, context)
    for (const delta of sideDeltasOf(after, seq)) {
      weights.push(delta.weight)
      partners.push(delta.partners)
    }
    return after
  }, emptyProfile('ann'))
  return { profile, weights, partners }
}
const sum = (numbers: readonly number[]) => numbers.reduce((a, b) => a + b, 0)

describe('the strength of a CONSUME', () => {
  test('grows with portion and with time, from 0.2 to 1', () => {
    const portion = fc.double({ min: 0, max: 1, noNaN: true })
    const seconds = fc.double({ min: 0, max: 86_400, noNaN: true })
    fc.assert(
      fc.property(portion, portion, seconds, seconds, (p, q, s, t) => {
        const [low, high] = [Math.min(p, q), Math.max(p, q)]
        const [short, long] = [Math.min(s, t), Math.max(s, t)]
        expect(at(low, short)).toBeLessThanOrEqual(at(high, short))
        expect(at(low, short)).toBeLessThanOrEqual(at(low, long))
        expect(at(low)).toBeLessThanOrEqual(at(high))
        expect(at(undefined, short)).toBeLessThanOrEqual(at(undefined, long))
        expect(at(low, short)).toBeGreaterThanOrEqual(0.2)
        expect(at(high, long)).toBeLessThanOrEqual(1)
      }),
    )
    expect([at(0), at(1), at(1, 3600), at()].map((one) => Number(one.toFixed(9)))).toEqual([0.2, 1, 1, 0.5])
  })

  test('a VIEW or CLICK gains up to 0.2 by the time spent, and nothing without it', () => {
    const view = (seconds?: number) => strengthOf({ type: 'VIEW', value: null, seconds })
    expect([view(), view(0)]).toEqual([0.4, 0.4])
    expect(view(60)).toBeGreaterThan(view(10))
    expect(view(86_400)).toBeCloseTo(0.6, 9)
    expect(strengthOf({ type: 'CLICK', value: null, seconds: 3600 })).toBeCloseTo(0.7, 9)
  })
})

describe('progress that is sent again and again', () => {
  const portions = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 60 })

  test('adds to trends what the greatest portion alone does', () => {
    fc.assert(
      fc.property(portions, (all) => {
        const { weights } = live(...all.map((portion) => consume({ portion })))
        expect(sum(weights)).toBeCloseTo(at(Math.max(...all)), 9)
      }),
    )
  })

  test('is one occurrence with the greatest portion for ranking, and pairs with what came before once', () => {
    fc.assert(
      fc.property(portions, (all) => {
        const { profile, partners } = live(
          anInteraction({ itemId: 'trailer', type: 'VIEW' }),
          ...all.map((portion) => consume({ portion })),
        )
        const snapshot = toSnapshot(profile)
        expect(snapshot.items).toEqual(['film', 'trailer'])
        expect(snapshot.strengths[0]).toBe(Math.round(at(Math.max(...all)) * 8))
        expect(snapshot.portions).toEqual({ 0: Math.round(Math.max(...all) * 100) })
        expect(partners.slice(1).flat()).toEqual(['trailer'])
      }),
    )
  })

  test('leaves room for everything else: the newest and the strongest of an item stay', () => {
    const events = Array.from({ length: 500 }, (_, n) => consume({ eventId: `c${n}`, portion: n === 100 ? 0.9 : 0.1 }))
    const { profile } = live(anInteraction({ itemId: 'book', type: 'LIKE' }), ...events)
    expect(profile.history.map(({ itemId, portion }) => [itemId, portion])).toEqual([
      ['book', undefined],
      ['film', 0.9],
      ['film', 0.1],
      ['film', 0.1],
    ])
    expect(profile.events).toBe(501)
    const undone = undoInteractions(profile, ['c100'], context)
    expect(toSnapshot(undone).strengths[0]).toBe(Math.round(at(0.1) * 8))
  })

  test('weighs as the greatest portion in the vector, also where a smaller one came last', () => {
    const model = {
      dimensions: 2,
      version: 1,
      factors: Float32Array.of(1, 0.5),
      index: new Map([['film', 0]]),
      foldIn: { alpha: 10, itemsMax: 50 },
    } as unknown as TrainedModel
    const vectorOf = (...all: number[]) =>
      refreshVector(live(...all.map((portion) => consume({ portion }))).profile, model).vector
    expect(vectorOf(0.1, 0.9, 0.2)).toEqual(vectorOf(0.9))
    expect(vectorOf(0.1)).not.toEqual(vectorOf(0.9))
  })

  test('counts as the greatest portion in training', () => {
    const builder = new TrainingLogBuilder()
    const add = (userId: string, fields: Partial<Interaction>) => builder.add(consume({ userId, ...fields }))
    add('ann', { portion: 0.2 })
    add('ann', { portion: 0.75, seconds: 3600 })
    add('ann', { portion: 0.5 })
    add('bob', { portion: 1 })
    add('bob', { type: 'VIEW' })
    const { values } = interactionMatrix(builder.build([]))
    expect(values[0]).toBeCloseTo(at(0.75, 3600), 6)
    expect(values[1]).toBeCloseTo(0.4, 6)
  })
})

test('an undone CONSUME leaves what would be there without it, as long as there are two of its item', () => {
  const first = consume({ eventId: 'a', portion: 0.5 })
  const { profile } = live(first, consume({ eventId: 'b', portion: 0.8 }))
  const { seq: _, ...undone } = undoInteractions(profile, ['b'], context)
  const { seq: __, ...never } = live(first).profile
  expect(undone).toEqual(never)
})
