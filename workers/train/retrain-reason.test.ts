import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type RetrainInputs, retrainReason } from './retrain-reason.ts'

const schedule = { TRAIN_EVENTS: 20_000, TRAIN_MINUTES: 60 }
const anOccasion = (given: Partial<RetrainInputs>): RetrainInputs => ({
  events: 0,
  trainedEvents: 0,
  recentEvents: 0,
  freshMs: 600_000,
  elapsedMs: 600_000,
  trainingMs: 5000,
  ...given,
})

describe('a training is due', () => {
  test.each([
    ['as soon as there is enough for a first model', { events: 2000, recentEvents: 2000 }],
    [
      'in the middle of an import, when the log has grown by half',
      { events: 9000, trainedEvents: 6000, recentEvents: 3000 },
    ],
    ['once an import has ended, for what was left over', { events: 102_500, trainedEvents: 100_000, recentEvents: 0 }],
    [
      'once an import has ended, though visitors go on',
      { events: 100_000, trainedEvents: 90_000, recentEvents: 400, freshMs: 60_000 },
    ],
    ['for the rest of a small log, once it has come', { events: 3000, trainedEvents: 2000, recentEvents: 0 }],
    [
      'once an import has ended, however long the latest training took',
      { events: 102_500, trainedEvents: 100_000, recentEvents: 0, elapsedMs: 0 },
    ],
    ['whenever as many came as configured', { events: 1_020_000, trainedEvents: 1_000_000, recentEvents: 5000 }],
  ])('%s', (_name, given) => {
    expect(retrainReason(anOccasion(given), schedule)).toBe('events')
  })

  test('by time, however few came', () => {
    expect(retrainReason(anOccasion({ events: 5, elapsedMs: 3_600_000 }), schedule)).toBe('time')
  })
})

describe('a training is not due', () => {
  test.each([
    ['for less than a model is worth', { events: 1999, recentEvents: 0 }],
    ['in the middle of an import, for a few more', { events: 7000, trainedEvents: 6000, recentEvents: 900 }],
    [
      'where events go on coming as they did',
      { events: 104_000, trainedEvents: 100_000, recentEvents: 1000, freshMs: 120_000 },
    ],
    ['in the middle of the import of a small log', { events: 3500, trainedEvents: 2000, recentEvents: 500 }],
    [
      'in the middle of an import, where trainings would take more than a tenth of the time',
      { events: 90_000, trainedEvents: 20_000, recentEvents: 30_000, elapsedMs: 49_000 },
    ],
    ['for a few more of many, though all is calm', { events: 101_000, trainedEvents: 100_000 }],
  ])('%s', (_name, given) => {
    expect(retrainReason(anOccasion(given), schedule)).toBeUndefined()
  })

  test('where nothing is new, whatever time it is', () => {
    fc.assert(
      fc.property(fc.nat(1e7), fc.nat(1e9), (events, elapsedMs) => {
        expect(retrainReason(anOccasion({ events, trainedEvents: events, elapsedMs }), schedule)).toBeUndefined()
      }),
    )
  })

  test('where it is switched off', () => {
    fc.assert(
      fc.property(fc.nat(1e7), fc.nat(1e9), fc.nat(1000), (events, elapsedMs, recentEvents) => {
        const off = { TRAIN_EVENTS: 0, TRAIN_MINUTES: 0 }
        expect(retrainReason(anOccasion({ events, elapsedMs, recentEvents }), off)).toBeUndefined()
      }),
    )
  })
})
