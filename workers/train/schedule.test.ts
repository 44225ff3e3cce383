import { expect, onTestFinished, test } from 'vitest'
import { silentLogger } from '../../platform/logger.ts'
import type { LogRecord } from '../../platform/ports/event-log.ts'
import { type Command, decodeCommand } from '../../schema/records/model.ts'
import { ManualClock } from '../../test/support/manual-clock.ts'
import { startSchedule } from './schedule.ts'

/** A log of events that comes in at a constant rate, and a trainer that takes the same time for each training. */
function aSchedule(given: { readonly eventsPerSecond: number; readonly trainingMs: number }) {
  const clock = new ManualClock(0)
  const trainings: { readonly id: string; readonly at: number }[] = []
  let endsAt = Number.POSITIVE_INFINITY
  let refused = 0
  const schedule = startSchedule({
    clock,
    config: { TRAIN_EVENTS: 20_000, TRAIN_MINUTES: 60 },
    logger: silentLogger,
    log: {
      endOffsets: async () => [Math.floor((Math.min(clock.now(), endsAt) / 1000) * given.eventsPerSecond)],
      append: async (_topic: string, [record]: readonly LogRecord[]) => {
        if (refused-- > 0) throw new Error('the log is full')
        const command: Command = decodeCommand(record!.value!)
        trainings.push({ id: command.id, at: clock.now() })
        return []
      },
    },
    serving: {
      current: () => undefined,
      isDone: (id) => clock.now() >= trainings.find((training) => training.id === id)!.at + given.trainingMs,
    },
  })
  onTestFinished(() => schedule.stop())
  return {
    clock,
    trainings,
    endImport: () => {
      endsAt = clock.now()
    },
    refuse: (times: number) => {
      refused = times
    },
  }
}

test('during an import, trainings take at most a tenth of the time; one follows its end', async () => {
  const { clock, trainings, endImport } = aSchedule({ eventsPerSecond: 2000, trainingMs: 20_000 })
  await clock.elapse(600_000)
  expect(trainings.length).toBeGreaterThan(1)
  for (const [n, { at }] of trainings.slice(1).entries()) expect(at - trainings[n]!.at).toBeGreaterThanOrEqual(200_000)
  const before = trainings.length
  endImport()
  await clock.elapse(60_000)
  expect(trainings).toHaveLength(before + 1)
  await clock.elapse(3_000_000)
  expect(trainings).toHaveLength(before + 1)
})

test('one training at a time, however long it takes', async () => {
  const { clock, trainings } = aSchedule({ eventsPerSecond: 2000, trainingMs: 3_600_000 })
  await clock.elapse(3_500_000)
  expect(trainings).toHaveLength(1)
})

test('a command that could not be appended is ordered again', async () => {
  const { clock, trainings, refuse } = aSchedule({ eventsPerSecond: 2000, trainingMs: 1000 })
  refuse(2)
  await clock.elapse(5000)
  expect(trainings).toHaveLength(0)
  await clock.elapse(20_000)
  expect(trainings).toHaveLength(1)
})
