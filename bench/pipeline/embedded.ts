import { open } from 'lmdb'
import { readConfig } from '../../platform/config.ts'
import { openEmbedded } from '../../platform/embedded/open-embedded.ts'
import { silentLogger } from '../../platform/logger.ts'
import { systemClock as clock } from '../../platform/ports/clock.ts'
import { topicSpecs, topics } from '../../schema/topics.ts'
import { startWorkers } from '../../workers/start-workers.ts'
import { stageNames } from '../../workers/topology.ts'
import { type Figure, figureAlone, figureOf, median } from '../harness/figure.ts'
import type { Surroundings } from '../harness/scratch.ts'
import { Shop } from '../harness/shop.ts'
import { appendEvents, drained, putShop, valuesSince } from './prepare.ts'

interface Options {
  readonly items: number
  readonly users: number
  readonly rounds: number
  readonly eventsPerRound: number
  readonly pastEvents: number
}

interface Round {
  /** Events per second of the clock on the wall. */
  readonly rate: number
  /** Events per second of CPU time, of all threads together. */
  readonly ratePerCore: number
  /** Rows per second of CPU time: the same lists, put straight into LMDB. */
  readonly putsPerCore: number
  readonly lists: number
}

/** Every stage in one process over the folder of the one-process start, as start/stages-thread.ts runs them. */
export async function measureEmbedded(options: Options, surroundings: Surroundings): Promise<Round[]> {
  const { say, folder, onEnd } = surroundings
  const { log, store, close } = await openEmbedded({ dir: await folder() })
  onEnd(close)
  await log.createTopics(topicSpecs(1))
  const shop = new Shop(options)
  const { rounds, eventsPerRound, pastEvents } = options
  const start = Date.now() - (pastEvents + (rounds + 1) * eventsPerRound) * 1000
  const past = shop.events(pastEvents, start)
  say(`training on ${pastEvents} events of ${options.users} users and ${options.items} items`)
  await putShop(log, store, shop, past)

  const stages = stageNames.filter((name) => name !== 'train')
  const config = readConfig({ PICKSTREAM_TRAIN_EVENTS: '0', PICKSTREAM_TRAIN_MINUTES: '0' })
  const workers = await startWorkers({ log, store, clock, config, logger: silentLogger, stages, instance: 'bench' })
  onEnd(() => workers.stop())
  say('warming up')
  await appendEvents(log, past)
  await drained(log, 10)

  const raw = open<Buffer, string>({ path: await folder(), encoding: 'binary' })
  onEnd(() => raw.close())
  const results: Round[] = []
  for (let round = 0; round < rounds; round++) {
    const events = shop.events(eventsPerRound, start + (pastEvents + round * eventsPerRound) * 1000)
    const before = await log.endOffsets(topics.lists)
    const pipeline = await timed(async () => {
      await appendEvents(log, events)
      await drained(log, 10)
    })
    const lists = await valuesSince(log, topics.lists, before, eventsPerRound)
    const puts = await timed(async () => {
      await Promise.all(
        lists.map(({ key, value }) => raw.put(key, Buffer.from(value.buffer, value.byteOffset, value.length))),
      )
      await raw.flushed
    })
    results.push({
      rate: eventsPerRound / pipeline.seconds,
      ratePerCore: eventsPerRound / pipeline.cpuSeconds,
      putsPerCore: lists.length / puts.cpuSeconds,
      lists: lists.length,
    })
    say(`round ${round + 1}: ${Math.round(results.at(-1)!.ratePerCore)} events/s per core, ${lists.length} lists`)
  }
  return results
}

export function embeddedFigures(rounds: readonly Round[], items: number): Figure[] {
  const lists = Math.round(median(rounds.map((round) => round.lists)))
  return [
    figureOf(
      {
        name: `embedded, ${items.toLocaleString('en')} items, per core`,
        unit: 'events/s',
        must: { of: 'value', atLeast: 10_000 },
        note: `Embedded: events per second of CPU time of all threads, appending included; the reference puts the same ${lists} lists straight into LMDB.`,
      },
      rounds.map(({ ratePerCore, putsPerCore }) => ({ value: ratePerCore, reference: putsPerCore })),
    ),
    figureAlone(
      { name: `embedded, ${items.toLocaleString('en')} items, on the clock`, unit: 'events/s' },
      rounds.map(({ rate }) => rate),
    ),
  ]
}

async function timed(work: () => Promise<void>): Promise<{ seconds: number; cpuSeconds: number }> {
  const cpu = process.cpuUsage()
  const begun = performance.now()
  await work()
  const { user, system } = process.cpuUsage(cpu)
  return { seconds: (performance.now() - begun) / 1000, cpuSeconds: (user + system) / 1e6 }
}
