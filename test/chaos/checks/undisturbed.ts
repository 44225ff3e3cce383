import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readConfig } from '../../../platform/config.ts'
import { type Embedded, openEmbedded } from '../../../platform/embedded/open-embedded.ts'
import { silentLogger } from '../../../platform/logger.ts'
import { type Clock, systemClock } from '../../../platform/ports/clock.ts'
import type { EventLog, StoredRecord } from '../../../platform/ports/event-log.ts'
import { idKeyRow } from '../../../platform/recommendation-id-key.ts'
import { tables } from '../../../schema/tables.ts'
import { topicSpecs, topics } from '../../../schema/topics.ts'
import { startWorkers } from '../../../workers/start-workers.ts'
import { type Recorded, recordedIn } from './recorded.ts'
import { recordsWaiting } from './waiting.ts'

const stages = ['embed', 'learn', 'recommend', 'sink', 'archive'] as const
const chunkRecords = 1_000
const quietMsMax = 300_000

/**
 * The same log, read by stages that nothing happens to, in this process and a folder of its own. The item side adds up in
 * the order in which the partitions arrive, so the deltas are given in the order in which they arrived there.
 *
 * @param calmFrom the offsets of topic interactions from which on the first run was at rest: so is this one by then
 */
export async function runUndisturbed(recorded: Recorded, refreshedFrom: readonly number[]): Promise<Recorded> {
  const dir = await mkdtemp(join(tmpdir(), 'pickstream-undisturbed-'))
  const clock = new RecordsClock()
  const embedded = await openEmbedded({ dir, freeBytesMin: 0, clock })
  try {
    return await replay(embedded, clock, recorded, refreshedFrom)
  } finally {
    await embedded.close()
    await rm(dir, { recursive: true, force: true })
  }
}

async function replay(
  { log, store }: Embedded,
  clock: RecordsClock,
  recorded: Recorded,
  calmFrom: readonly number[],
): Promise<Recorded> {
  await log.createTopics(topicSpecs(recorded.partitions))
  await store.migrate()
  await store.putIfAbsent(tables.settings, { ...idKeyRow, value: recorded.idKey })
  for (const topic of ['items', 'sideDeltas', 'models'] as const) await clock.give(log, topics[topic], recorded[topic])
  await store.put(
    tables.models,
    recorded.modelRows.map((row, n) => ({ ...row, writeTimestamp: BigInt(n + 1) })),
  )
  const isCalm = ({ partition, offset }: StoredRecord) => offset >= (calmFrom[partition] ?? 0)
  const config = readConfig({ PICKSTREAM_TRAIN_EVENTS: '0', PICKSTREAM_TRAIN_MINUTES: '0' })
  const parts = { log, store, clock, config, logger: silentLogger, instance: 'undisturbed' }
  await clock.give(
    log,
    topics.interactions,
    recorded.interactions.filter((record) => !isCalm(record)),
  )
  const learn = await startWorkers({ ...parts, stages: ['learn'] })
  await untilQuiet(log, ['learn'])
  const others = await startWorkers({ ...parts, stages: stages.filter((stage) => stage !== 'learn') })
  await untilQuiet(log, stages)
  await clock.give(log, topics.interactions, recorded.interactions.filter(isCalm))
  await untilQuiet(log, stages)
  await learn.stop()
  await others.stop()
  return recordedIn({ log, store })
}

/** Tells the time of the record that is being given: a log says when it took a record in, and stages go by that. */
class RecordsClock implements Clock {
  private at: number | undefined

  now(): number {
    return this.at ?? systemClock.now()
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return systemClock.sleep(ms, signal)
  }

  /** Record by record in its order: what is alike in place is alike in revision. */
  async give(log: EventLog, topic: string, records: readonly StoredRecord[]): Promise<void> {
    for (let from = 0; from < records.length; from += chunkRecords) {
      const appends: Promise<unknown>[] = []
      for (const record of records.slice(from, from + chunkRecords)) {
        this.at = record.appendedAt
        appends.push(log.append(topic, [record]))
      }
      this.at = undefined
      await Promise.all(appends)
    }
  }
}

async function untilQuiet(log: EventLog, of: Parameters<typeof recordsWaiting>[1]): Promise<void> {
  const deadline = performance.now() + quietMsMax
  for (let calm = 0; calm < 3; ) {
    const waiting = [...(await recordsWaiting(log, of)).values()]
    calm = waiting.every((records) => records === 0) ? calm + 1 : 0
    if (performance.now() > deadline) throw new Error(`the undisturbed run is not done after ${quietMsMax} ms`)
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}
