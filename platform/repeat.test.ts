import { expect, test } from 'vitest'
import { ManualClock } from '../test/support/manual-clock.ts'
import { repeat } from './repeat.ts'

const failOnError = (error: unknown) => {
  throw error
}

test('rounds follow each other after a pause, the first one too', async () => {
  const clock = new ManualClock(0)
  const rounds: number[] = []
  const round = async () => void rounds.push(clock.now())
  const repeating = repeat({ clock, everyMs: 100, round, onError: failOnError })
  await clock.elapse(350)
  expect(rounds).toEqual([100, 200, 300])
  await repeating.stop()
  await clock.elapse(1000)
  expect(rounds).toEqual([100, 200, 300])
})

test('a long round is followed by a pause of its share', async () => {
  const clock = new ManualClock(0)
  const rounds: number[] = []
  const round = async () => {
    rounds.push(clock.now())
    await clock.sleep(50)
  }
  const repeating = repeat({ clock, everyMs: 100, shareMax: 0.1, startsAtOnce: true, round, onError: failOnError })
  await clock.elapse(1200)
  await repeating.stop()
  expect(rounds).toEqual([0, 550, 1100])
})

test('what a round throws is reported, and the next one follows', async () => {
  const clock = new ManualClock(0)
  const errors: unknown[] = []
  const round = async () => {
    throw new Error('closed')
  }
  const repeating = repeat({ clock, everyMs: 100, round, onError: (error) => errors.push(error) })
  await clock.elapse(250)
  await repeating.stop()
  expect(errors).toEqual([new Error('closed'), new Error('closed')])
})

test('stop waits for the round in progress, whose signal is aborted', async () => {
  const clock = new ManualClock(0)
  let ended = ''
  const round = async (signal: AbortSignal) => {
    await clock.sleep(1000, signal)
    ended = signal.aborted ? 'by the signal' : 'by itself'
  }
  const repeating = repeat({ clock, everyMs: 100, startsAtOnce: true, round, onError: failOnError })
  await clock.elapse(10)
  await repeating.stop()
  expect(ended).toBe('by the signal')
})
