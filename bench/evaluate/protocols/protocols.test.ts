import { expect, test } from 'vitest'
import { type TrainingLog, TrainingLogBuilder } from '../../../engine/train/log.ts'
import { trainModel } from '../../../engine/train/train-model.ts'
import { evaluateLeaveOneOut } from './leave-one-out.ts'
import { evaluateNextBasket } from './next-basket.ts'
import { parsePeriods } from './run-protocol.ts'
import { evaluateStream, type StreamEvent } from './stream.ts'

function* train(log: TrainingLog) {
  const training = trainModel(log, { version: 1, trainedAt: 1 })
  for (;;) {
    const step = training.next()
    if (step.done) return step.value.model
    yield step.value.phase
  }
}

function run<Result>(work: Generator<string, Result>): Result {
  for (;;) {
    const step = work.next()
    if (step.done) return step.value
  }
}

/** Sessions that walk a circle of items, each beginning one further on. */
function circles(period: number, sessions: number, items: number): StreamEvent[] {
  return Array.from({ length: sessions }, (_, s) =>
    Array.from({ length: 4 }, (_, k) => ({ session: `${period}-${s}`, item: `item-${(s + k) % items}`, period })),
  ).flat()
}

test('stream: every prefix of a session of known items is asked, and a circle is foreseen', () => {
  const events = [...circles(0, 60, 30), ...circles(1, 30, 30)]
  const [asked] = run(evaluateStream(events, { itemSide: 'frozen', periods: [1], every: 1, train }))
  expect(asked).toMatchObject({ period: 1, metrics: { n: 30 * 3 } })
  expect(asked!.metrics.mrr).toBeGreaterThan(0.5)
})

test('stream: a new item counts from its second appearance on, and sessions with one item left are dropped', () => {
  const known = circles(0, 60, 30)
  const session = (name: string, ...items: string[]) => items.map((item) => ({ session: name, item, period: 1 }))
  const events = [
    ...known,
    ...session('a', 'item-1', 'new', 'item-2'), // asked once: item-2
    ...session('b', 'item-3', 'other'), // one item left: not asked
    ...session('c', 'new', 'item-4'), // `new` is known by now: asked once
  ]
  const [asked] = run(evaluateStream(events, { itemSide: 'live', periods: [1], every: 1, train }))
  expect(asked!.metrics.n).toBe(2)
})

test('leave-one-out: the last item is asked of a user of whom all but the last is known', () => {
  const sequences = new Map(
    Array.from({ length: 80 }, (_, user) => [
      String(user),
      Array.from({ length: 5 }, (_, k) => `item-${(user + k) % 40}`),
    ]),
  )
  const { n, hr10 } = run(evaluateLeaveOneOut(sequences, train))
  expect(n).toBe(80)
  expect(hr10).toBeGreaterThan(0.5)
})

test('next basket: what a household buys every week is foreseen, and its own frequency is the baseline', () => {
  const builder = new TrainingLogBuilder()
  const day = 24 * 3_600_000
  for (let week = 0; week < 12; week++) {
    for (let user = 0; user < 30; user++) {
      for (const item of [user % 10, (user * 3) % 10, 10 + ((week + user) % 20)]) {
        const timestamp = 1.6e12 + week * 7 * day + user * 60_000
        builder.add({ userId: `u${user}`, itemId: `i${item}`, type: 'PURCHASE', value: null, quantity: 1, timestamp })
      }
    }
  }
  const figures = run(evaluateNextBasket(builder.build([]), train))
  expect(figures.get('own frequency')!.n).toBe(30)
  for (const method of ['own frequency', 'TIFU-kNN', 'UP-CF', 'pickstream'])
    expect(figures.get(method)!.recall10.value, method).toBeGreaterThan(0.6)
})

test('periods are a range or numbers', () => {
  expect(parsePeriods('1-3')).toEqual([1, 2, 3])
  expect(parsePeriods('4,8')).toEqual([4, 8])
  for (const text of ['', '0-3', 'x', '1.5']) expect(() => parsePeriods(text)).toThrow(`got ${text}`)
})
