import { encodeModel } from '../../engine/train/codec.ts'
import type { TrainedModel } from '../../engine/train/model.ts'
import { trainModel } from '../../engine/train/train-model.ts'
import type { EventLog } from '../../platform/ports/event-log.ts'
import type { Store } from '../../platform/ports/store.ts'
import { saveModel } from '../../platform/read-models/models.ts'
import { type EventRecord, encodeInteraction } from '../../schema/records/interaction.ts'
import { encodeItem, type ItemRecord } from '../../schema/records/item.ts'
import { encodeServing, servingKey } from '../../schema/records/model.ts'
import { topics } from '../../schema/topics.ts'
import { type Shop, trainingLogOf } from '../harness/shop.ts'

/** Puts the catalog and a model, fitted to the events given, where workers and servers look for them. */
export async function putShop(log: EventLog, store: Store, shop: Shop, past: readonly EventRecord[]): Promise<void> {
  await putCatalog(log, shop.items)
  await putModel(log, store, fitted(shop, past))
}

/** Stores a model and publishes it. */
export async function putModel(log: EventLog, store: Store, model: TrainedModel): Promise<void> {
  const { chunks } = await saveModel(store, model, encodeModel(model))
  const { version, trainedAt, stats, validation } = model
  const serving = { version, trainedAt, ...stats, chunks, validation, commandId: null }
  await log.append(topics.models, [{ key: servingKey, value: encodeServing(serving) }])
}

export async function putCatalog(log: EventLog, items: readonly ItemRecord[]): Promise<void> {
  await log.append(
    topics.items,
    items.map((item) => ({ key: item.id, value: encodeItem(item) })),
  )
}

function fitted(shop: Shop, past: readonly EventRecord[]): TrainedModel {
  const training = trainModel(trainingLogOf(past, shop.items), { version: 1, trainedAt: Date.now() })
  let step = training.next()
  while (!step.done) step = training.next()
  return step.value.model
}

/** Appends events as an ingesting server would, `perAppend` at a time; with `ahead` appends in flight. */
export async function appendEvents(
  log: EventLog,
  events: readonly EventRecord[],
  { perAppend = 1000, ahead = 4 } = {},
): Promise<void> {
  const waiting = new Set<Promise<unknown>>()
  for (let at = 0; at < events.length; at += perAppend) {
    const records = events.slice(at, at + perAppend).map((event) => ({
      key: event.userId,
      value: encodeInteraction(event),
    }))
    const appended: Promise<unknown> = log.append(topics.interactions, records).finally(() => waiting.delete(appended))
    waiting.add(appended)
    if (waiting.size >= ahead) await Promise.race(waiting)
  }
  await Promise.all(waiting)
}

/** In the order of the event flow: the end of a topic is final only after the stage before it has finished. */
const way = [
  { group: 'backfill', topic: topics.backfill },
  { group: 'embed', topic: topics.interactions },
  { group: 'recommend', topic: topics.userVectors },
  { group: 'sink', topic: topics.lists },
  { group: 'learn', topic: topics.sideDeltas },
  { group: 'archive', topic: topics.history },
] as const

/** Resolves when every stage has processed all appended records and the resulting lists are stored. */
export async function drained(log: EventLog, pollMs: number, msMax = 120_000): Promise<void> {
  const until = performance.now() + msMax
  for (const { group, topic } of way) {
    for (;;) {
      const [ends, done] = await Promise.all([log.endOffsets(topic), log.committedOffsets(group, topic)])
      if (ends.every((end, partition) => (done[partition] ?? 0) >= end)) break
      if (performance.now() > until) throw new Error(`stage ${group} had not processed its topic after ${msMax} ms`)
      await new Promise((resolve) => setTimeout(resolve, pollMs))
    }
  }
}

/** The records of a topic since these offsets, up to `max`. */
export async function valuesSince(
  log: EventLog,
  topic: string,
  offsets: readonly number[],
  max: number,
): Promise<{ key: string; value: Uint8Array }[]> {
  const found: { key: string; value: Uint8Array }[] = []
  const ends = await log.endOffsets(topic)
  for (const [partition, end] of ends.entries()) {
    for (let from = offsets[partition] ?? 0; from < end && found.length < max; ) {
      const records = await log.read(topic, partition, from, 1000)
      const last = records.at(-1)
      if (last === undefined) break
      for (const { key, value } of records) if (value !== null) found.push({ key, value: Uint8Array.from(value) })
      from = last.offset + 1
    }
  }
  return found.slice(0, max)
}
