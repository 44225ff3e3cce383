import { tables } from './tables.ts'
import { type TopicName, topics } from './topics.ts'

type TableKey = keyof typeof tables

/** One member of the pipeline: a stage, the trainer, or the server. */
export interface PipelineMember {
  /** One sentence, shown to people. */
  readonly purpose: string
  /**
   * The topic whose records it processes one by one, in the consumer group of its name. null: it processes requests.
   */
  readonly from: TopicName | null
  /** Topics to which it appends, in addition to the dead-letter topic and its reports. */
  readonly emits: readonly TopicName[]
  /** Topics that it follows without a consumer group and keeps in memory, from the beginning or from the end. */
  readonly follows: readonly TopicName[]
  /** Tables that hold its state, read before and written after each batch. */
  readonly state: readonly TableKey[]
  /** Further tables that it writes. */
  readonly writes: readonly TableKey[]
  /** Further tables that it reads. */
  readonly reads: readonly TableKey[]
}

/** The topics of the read model of every process that ranks: items, item rows, the model. */
const recommenderTopics = [topics.items, topics.sideRows, topics.models] as const

/**
 * The event flow by member: what each reads, keeps and writes. workers/topology.ts builds the stages on it. The drawing
 * and the tables of ARCHITECTURE.md, the API's `pipeline` and the console's flow page are derived from it.
 * workers/topology.test.ts compares it with the source of each member.
 *
 * Every stage handles errors the same way: a record that cannot be decoded, or for which the decision throws, goes to
 * the dead-letter topic with the reason, and the partition continues. If the log or the store fails, the stage retries
 * without limit.
 */
export const eventFlow = {
  server: {
    purpose: 'Accepts events and items, answers queries, pushes lists to open pages.',
    from: null,
    emits: [
      topics.interactions,
      topics.backfill,
      topics.items,
      topics.rules,
      topics.commands,
      topics.watched,
      topics.spans,
      topics.demoControl,
    ],
    follows: [
      topics.lists,
      topics.items,
      topics.sideRows,
      topics.models,
      topics.rules,
      topics.stageStatus,
      topics.spans,
      topics.demoControl,
    ],
    state: [],
    writes: [],
    reads: ['listsByUser', 'eventsByUser', 'userStates', 'erasures', 'experimentCounts', 'settings', 'models'],
  },
  backfill: {
    purpose: 'Copies bulk events to the live topic while the backlog of the live topic is short.',
    from: topics.backfill,
    emits: [topics.interactions],
    follows: [],
    state: [],
    writes: [],
    reads: [],
  },
  embed: {
    purpose: "Updates the user's history, vector and tallies; emits the changes of the item side.",
    from: topics.interactions,
    emits: [topics.userVectors, topics.history, topics.outcomes, topics.sideDeltas, topics.interactions],
    follows: [...recommenderTopics, topics.rules],
    state: ['userStates', 'eventIds'],
    writes: ['erasureMarkers'],
    reads: ['settings'],
  },
  learn: {
    purpose: "Keeps each item's neighbors, trends and popularity.",
    from: topics.sideDeltas,
    emits: [topics.sideRows],
    follows: [topics.sideRows],
    state: [],
    writes: [],
    reads: [],
  },
  recommend: {
    purpose: "Collects candidates, scores them, writes the user's list with its reasons.",
    from: topics.userVectors,
    emits: [topics.lists, topics.backfill],
    follows: [...recommenderTopics, topics.watched],
    state: [],
    writes: [],
    reads: ['userStates', 'erasureMarkers'],
  },
  sink: {
    purpose: 'Stores the newest list of each user where queries read it.',
    from: topics.lists,
    emits: [topics.backfill],
    follows: [],
    state: [],
    writes: ['listsByUser', 'erasures'],
    reads: ['userStates', 'erasureMarkers'],
  },
  quality: {
    purpose: 'Measures lists by live traffic: was the next item in the list?',
    from: topics.lists,
    emits: [],
    follows: [],
    state: [],
    writes: [],
    reads: [],
  },
  experiments: {
    purpose: 'Counts what users did with the lists of each variant and placement.',
    from: topics.outcomes,
    emits: [],
    follows: [],
    state: ['experimentCounts'],
    writes: [],
    reads: [],
  },
  archive: {
    purpose: 'Stores every event that counts, for history and training.',
    from: topics.history,
    emits: [],
    follows: [],
    state: [],
    writes: ['eventsByUser'],
    reads: [],
  },
  catalogue: {
    purpose: 'Stores the catalog as a table.',
    from: topics.items,
    emits: [],
    follows: [],
    state: [],
    writes: ['items'],
    reads: [],
  },
  train: {
    purpose: 'Refits the model, validates it, publishes it without a restart.',
    from: topics.commands,
    emits: [topics.models, topics.commands, topics.backfill, topics.interactions],
    follows: [...recommenderTopics, topics.stageStatus],
    state: [],
    writes: ['models'],
    reads: ['eventsByUser', 'items', 'userStates'],
  },
} as const satisfies Readonly<Record<string, PipelineMember>>

export type PipelineMemberName = keyof typeof eventFlow

/** Pairs of name and member, in the order of the flow. */
export const pipelineMembers: readonly (readonly [PipelineMemberName, PipelineMember])[] = Object.entries(
  eventFlow,
) as [PipelineMemberName, PipelineMember][]
