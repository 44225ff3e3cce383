export interface TopicSpec {
  readonly name: string
  readonly partitions: number
  /** Topics with the same kind of key have the same number of partitions. Default: exactly `partitions`. */
  readonly keyedBy?: 'user' | 'item'
  /** `compact`: only the newest record of a key is kept, and a null value removes the key. */
  readonly cleanup: 'delete' | 'compact'
  /** For `delete`: how long records are kept; undefined: without limit. */
  readonly retentionMs?: number
}

/** Names in the code; an adapter adds the namespace. */
export const topics = {
  /** Events of visitors, key: user. Public JSON format, other services write it too: schema/records/interaction.ts. */
  interactions: 'interactions',
  /**
   * The same format and key, for events for which no reader waits (imports, replays, priority BULK). Copied to
   * `interactions` while the stages that serve visitors are idle. Other services may write it too.
   */
  backfill: 'interactions.backfill',
  /** Records of `interactions` and `items` that no stage could process, with the reason; can be replayed. */
  deadLetter: 'interactions.dead-letter',
  /** Events that count, once each, key: user. */
  history: 'history',
  /** How events changed the tallies of their users, for experiments and placements, key: user. */
  outcomes: 'outcomes',
  /** The newest state of each user, as far as the recommend stage needs it, key: user. */
  userVectors: 'user-vectors',
  /** The newest list of each user, key: user. */
  lists: 'lists',
  /** The change of one event to the item side, key: row key. */
  sideDeltas: 'side-deltas',
  /** The item side, key: row key. Every process that ranks follows it. */
  sideRows: 'side-rows',
  /** The catalog, key: item. Public JSON format: schema/records/item.ts. */
  items: 'items',
  /** Which model is used. One partition, key: `serving`. */
  models: 'models',
  /** The business rules that apply. One partition, key: `current`. */
  rules: 'rules',
  /** Commands to the trainer (retrain, roll back, refresh). One partition, so that there is one trainer. */
  commands: 'commands',
  /** Spans of traced events, key: trace id. */
  spans: 'spans',
  /** Hashes of users whose list is open or was read recently, from every server: ranked before others. Key: none. */
  watched: 'watched-users',
  /** Once a second from every running stage: lag, rate, latency. Key: stage/instance. */
  stageStatus: 'stage-status',
  /** Settings and progress of the demo's simulated traffic. */
  demoControl: 'demo-control',
} as const

export type TopicName = (typeof topics)[keyof typeof topics]

const day = 86_400_000

/** How long topic interactions.backfill keeps a record, copied to topic interactions or not. */
export const backfillRetentionMs = 7 * day

/** Every topic keyed by user has the same number of partitions, so a user is in the same partition of each. */
export function topicSpecs(partitions: number, interactionsRetentionMs?: number): readonly TopicSpec[] {
  return [
    { name: topics.interactions, partitions, keyedBy: 'user', cleanup: 'delete', retentionMs: interactionsRetentionMs },
    { name: topics.backfill, partitions, keyedBy: 'user', cleanup: 'delete', retentionMs: backfillRetentionMs },
    { name: topics.deadLetter, partitions: 1, cleanup: 'delete', retentionMs: 30 * day },
    { name: topics.history, partitions, keyedBy: 'user', cleanup: 'delete', retentionMs: 7 * day },
    { name: topics.outcomes, partitions, keyedBy: 'user', cleanup: 'delete', retentionMs: 7 * day },
    { name: topics.userVectors, partitions, keyedBy: 'user', cleanup: 'compact' },
    { name: topics.lists, partitions, keyedBy: 'user', cleanup: 'compact' },
    { name: topics.sideDeltas, partitions, keyedBy: 'item', cleanup: 'delete', retentionMs: day },
    { name: topics.sideRows, partitions, keyedBy: 'item', cleanup: 'compact' },
    { name: topics.items, partitions: 1, cleanup: 'compact' },
    { name: topics.models, partitions: 1, cleanup: 'compact' },
    { name: topics.rules, partitions: 1, cleanup: 'compact' },
    { name: topics.commands, partitions: 1, cleanup: 'delete', retentionMs: 7 * day },
    { name: topics.spans, partitions: 1, cleanup: 'delete', retentionMs: day / 24 },
    { name: topics.watched, partitions: 1, cleanup: 'delete', retentionMs: day / 24 },
    { name: topics.stageStatus, partitions: 1, cleanup: 'compact' },
    { name: topics.demoControl, partitions: 1, cleanup: 'compact' },
  ]
}
