import { backfillRetentionMs } from './topics.ts'

/**
 * One table answers one query. `clusteringKey` is text, in byte order; the value is one blob (1.7 times faster than a
 * CQL list).
 */
export interface Table {
  readonly name: string
  readonly partitionKey: string
  readonly clusteringKey?: string
  readonly value: string
  /** Rows expire after this time. Default: never. */
  readonly ttlSeconds?: number
  readonly comment: string
}

const day = 86_400

/** Longer than a record of an erased user can wait in topic interactions.backfill and then before the embed stage. */
const erasureSeconds = backfillRetentionMs / 1000 + day

export const tables = {
  userStates: {
    name: 'user_states',
    partitionKey: 'user_id',
    value: 'state',
    comment: 'State of the embed stage for one user: profile, position, newest event ids.',
  },
  eventIds: {
    name: 'event_ids',
    partitionKey: 'user_id',
    clusteringKey: 'bucket',
    value: 'hashes',
    comment:
      'Hashes of older event ids that no longer fit into user_states, to deduplicate events: 128 per row, at most 256 rows per user.',
  },
  eventsByUser: {
    name: 'events_by_user',
    partitionKey: 'user_id',
    clusteringKey: 'position',
    value: 'event',
    comment: 'The archive: every event that counts, once, in the order of the log. For history, training and export.',
  },
  listsByUser: {
    name: 'lists_by_user',
    partitionKey: 'user_id',
    value: 'list',
    comment: 'The newest list of one user.',
  },
  erasures: {
    name: 'erasures',
    partitionKey: 'user_hash',
    value: 'position',
    ttlSeconds: erasureSeconds,
    comment:
      'For 8 days, by a hash of the user id: the position of an erasure whose list has been removed. A reader with a token learns from it that the erasure is done.',
  },
  erasureMarkers: {
    name: 'erasure_markers',
    partitionKey: 'user_hash',
    value: 'marker',
    ttlSeconds: erasureSeconds,
    comment:
      'For 8 days, by a hash of the user id: what the embed stage keeps of an erased user, to distinguish a record that is delivered again from a new one.',
  },
  items: {
    name: 'items',
    partitionKey: 'item_id',
    value: 'item',
    comment: 'The catalog.',
  },
  experimentCounts: {
    name: 'experiment_counts',
    partitionKey: 'outcomes_partition',
    value: 'counts',
    comment:
      'Per partition of topic outcomes: users, impressions, clicks, purchases and revenue of each variant in each placement, the sums for their confidence intervals, and the newest event counted.',
  },
  settings: {
    name: 'settings',
    partitionKey: 'name',
    value: 'value',
    comment:
      'Values that the first process creates and all processes share: the key that authenticates recommendation ids, the partitions and the timeline of an epoch, the timeline of a restore.',
  },
  attempts: {
    name: 'attempts',
    partitionKey: 'stage_partition',
    value: 'attempt',
    ttlSeconds: day,
    comment:
      'Per stage and partition: the batch in progress, and how many processes have begun it. Finds a record that ends every process that reads it.',
  },
  models: {
    name: 'models',
    partitionKey: 'version',
    clusteringKey: 'chunk',
    value: 'bytes',
    comment: 'Trained models in chunks, and which of them is served.',
  },
} as const satisfies Record<string, Table>

export const allTables: readonly Table[] = Object.values(tables)
