import type { StoredRecord } from '../platform/ports/event-log.ts'
import { eventFlow } from '../schema/event-flow.ts'
import { countsKey, type PartitionCounts } from '../schema/records/experiment.ts'
import { decodeOutcome } from '../schema/records/goals.ts'
import { epochIn, erasedAt, erasedBackfill } from '../schema/records/headers.ts'
import { decodeHistory, historyRowOf } from '../schema/records/history.ts'
import { decodeInteraction, type InteractionRecord } from '../schema/records/interaction.ts'
import { decodeItem } from '../schema/records/item.ts'
import { decodeSideDelta, type StoredSideRow } from '../schema/records/item-side.ts'
import { encodedListWrittenAt, openList } from '../schema/records/list.ts'
import { userStateBytes } from '../schema/records/user-state.ts'
import { decodeUserVector, encodedVectorAt } from '../schema/records/user-vector.ts'
import { topics } from '../schema/topics.ts'
import { type ArchiveContext, archiveEvent } from './archive/archive-event.ts'
import { boundedValue, feedRecord } from './backfill/feed-record.ts'
import { storeItem } from './catalogue/store-item.ts'
import { embedRecord } from './embed/embed-record.ts'
import { sumOutcomes } from './experiments/sum-outcomes.ts'
import { type LearnContext, learnRow } from './learn/learn-row.ts'
import { type Published, type QualityContext, scoreList } from './quality/score-list.ts'
import { computeList, type RecommendContext } from './recommend/compute-list.ts'
import { defineStage } from './runner/stage.ts'
import { storeList } from './sink/store-list.ts'

/**
 * The stages: schema/event-flow.ts declares what each reads and emits, this file how it is batched and which function
 * decides, and runner/run-stage.ts does all I/O. In every stage, a record that cannot be decoded, or for which the
 * decision throws, goes to the dead-letter topic, and the partition continues.
 */
export const topology = {
  backfill: defineStage({
    ...memberOf('backfill'),
    batchRecordsMax: 1000,
    decode: ({ value }) => boundedValue(value),
    keyOf: () => 'any',
    run: feedRecord,
  }),
  /** A visitor's vector does not wait for earlier events of large calls and of replays. */
  embed: defineStage({
    ...memberOf('embed'),
    batchRecordsMax: 2500,
    backlogMax: 10_000,
    ahead: { topic: topics.userVectors, allows: ({ kind }: InteractionRecord) => kind === 'event' },
    stateBytes: userStateBytes,
    decode: ({ key, value, appendedAt }) => decodeInteraction(key, value, appendedAt),
    keyOf: ({ userId }) => userId,
    run: embedRecord,
  }),
  /** Large batches: a popular row is written once for many events. */
  learn: defineStage({
    ...memberOf('learn'),
    batchRecordsMax: 10_000,
    decode: ({ key, value }) => decodeSideDelta(key, required(value)),
    run: (delta, _arrival, before: StoredSideRow | undefined, context: LearnContext) =>
      learnRow([delta], before, context),
    runMany: learnRow,
  }),
  /** Conflates over the whole backlog: a stage that is behind ranks once per user, not once per event. */
  recommend: defineStage({
    ...memberOf('recommend'),
    batchRecordsMax: 1000,
    subBatchRecordsMax: 6,
    backlogMax: 10_000,
    decode: ({ key, value }) => (value === null ? null : decodeUserVector(key, value)),
    conflateBy: ({ value, headers }) => (value === null ? erasedAt(headers) : encodedVectorAt(value)),
    run: (vector, arrival, _before: undefined, context: RecommendContext) => computeList(vector, arrival, context),
  }),
  sink: defineStage({
    ...memberOf('sink'),
    batchRecordsMax: 4000,
    subBatchRecordsMax: 500,
    decode: (record) => ({
      value: record.value,
      writtenAt: listWrittenAtOf(record),
      backfilled: erasedBackfill(record.headers),
    }),
    conflateBy: listWrittenAtOf,
    run: storeList,
  }),
  quality: defineStage({
    ...memberOf('quality'),
    batchRecordsMax: 4000,
    conflateBy: listWrittenAtOf,
    decode: ({ value, offset }) => (value === null ? null : openList(value, offset)),
    run: (list, _arrival, before: Published | undefined, context: QualityContext) => scoreList(list, before, context),
  }),
  experiments: defineStage({
    ...memberOf('experiments'),
    batchRecordsMax: 1000,
    decode: ({ value }) => decodeOutcome(required(value)),
    keyOf: (_, { partition }) => countsKey(partition),
    run: (outcome, _arrival, before: PartitionCounts | undefined) => sumOutcomes([outcome], before),
    runMany: (outcomes, before) => sumOutcomes(outcomes, before),
  }),
  archive: defineStage({
    ...memberOf('archive'),
    batchRecordsMax: 4000,
    subBatchRecordsMax: 1000,
    decode: ({ key, value }) => historyRowOf(key, required(value)) ?? decodeHistory(key, required(value)),
    run: (record, { headers }, _before: undefined, context: ArchiveContext) =>
      archiveEvent(record, epochIn(headers), context),
  }),
  catalogue: defineStage({
    ...memberOf('catalogue'),
    batchRecordsMax: 1000,
    decode: ({ key, value }) => {
      if (value !== null) decodeItem(key, value)
      return value
    },
    run: storeItem,
  }),
} as const

export type StageName = keyof typeof topology | 'train'

/** `train` does not process records like a stage; it is a service that executes commands: train/trainer.ts. */
export const stageNames = [...(Object.keys(topology) as (keyof typeof topology)[]), 'train'] as const

function memberOf<Name extends keyof typeof eventFlow>(name: Name) {
  const { from, emits } = eventFlow[name]
  return { name, from, emits } as { name: Name; from: (typeof eventFlow)[Name]['from']; emits: typeof emits }
}

function required(value: Uint8Array | null): Uint8Array {
  if (value === null) throw new Error('expected a value, got a tombstone')
  return value
}

function listWrittenAtOf({ value, headers }: StoredRecord): bigint {
  return value === null ? erasedAt(headers) : encodedListWrittenAt(value)
}
