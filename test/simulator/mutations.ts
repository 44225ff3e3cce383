import { partitionOf } from '../../platform/partitioner.ts'
import type { EventLog } from '../../platform/ports/event-log.ts'
import type { UserState } from '../../schema/records/user-state.ts'
import { UnstoredLists } from '../../server/lists/unstored-lists.ts'
import { learnRow } from '../../workers/learn/learn-row.ts'
import type { OpenStates } from '../../workers/runner/stage.ts'
import { topology } from '../../workers/topology.ts'

/** What a simulated process is made of; a test may put in a part that breaks a promise. */
export interface Workings {
  readonly backfill: typeof topology.backfill
  readonly embed: typeof topology.embed
  readonly learn: typeof topology.learn
  readonly recommend: typeof topology.recommend
  readonly sink: typeof topology.sink
  readonly archive: typeof topology.archive
  readonly catalogue: typeof topology.catalogue
  readonly log: (log: EventLog) => EventLog
  /** As the servers see it. */
  readonly serverLog: (log: EventLog) => EventLog
  readonly unstored: (...parts: ConstructorParameters<typeof UnstoredLists>) => UnstoredLists
  readonly userStates: (open: OpenStates<UserState>) => OpenStates<UserState>
  /** Whether the Store keeps its promise about `at`. */
  readonly newestWins: boolean
  /** How often writers send events of many users at once, 0 to 1. Default: as in all histories. */
  readonly crowds?: number
  /** Where the search for a history that notices it begins: a little before one that did. Default: 1001. */
  readonly firstSeed?: number
}

export const unbroken: Workings = {
  ...topology,
  log: (log) => log,
  serverLog: (log) => log,
  unstored: (parts) => new UnstoredLists(parts),
  userStates: (open) => open,
  newestWins: true,
}

/** Ways to break the system that the simulator must notice, each in the words of the promise it breaks. */
export const mutations: Readonly<Record<string, Workings>> = {
  'commits a batch before it is done': {
    ...unbroken,
    log: (log) => ({
      ...log,
      consume: (options, handle) =>
        log.consume(options, async (batch) => {
          void handle(batch).catch(() => {})
        }),
    }),
  },
  'commits a record of the backlog that still waits': {
    ...unbroken,
    crowds: 1, // a commit on the way is made only in a long backlog
    firstSeed: 1020,
    log: (log) => ({
      ...log,
      consume: (options, handle) =>
        log.consume(options, (batch) => handle({ ...batch, commitBefore: (offset) => batch.commitBefore(offset + 1) })),
    }),
  },
  'goes on before an append is durable': {
    ...unbroken,
    log: (log) => ({
      ...log,
      append: async (topic, records) => {
        log.append(topic, records).catch(() => {})
        return records.map(() => ({ partition: 0, offset: 0 }))
      },
    }),
  },
  'applies a replayed record again': {
    ...unbroken,
    embed: {
      ...topology.embed,
      run: (record, at, before, context) =>
        topology.embed.run(record, at, before && { ...before, position: { partition: 0, offset: -1 } }, context),
    },
  },
  'applies a record in the partition where another writer put it': {
    ...unbroken,
    embed: {
      ...topology.embed,
      run: (record, at, before, context) => {
        const partition = partitionOf(record.userId, context.partitions)
        return topology.embed.run(record, { ...at, position: { ...at.position, partition } }, before, context)
      },
    },
  },
  'commits a record of another partition without a copy of it': {
    ...unbroken,
    embed: {
      ...topology.embed,
      run: (record, at, before, context) => {
        const outcome = topology.embed.run(record, at, before, context)
        return outcome.forwarded ? {} : outcome
      },
    },
  },
  'applies a second copy of a forwarded record': {
    ...unbroken,
    embed: {
      ...topology.embed,
      run: (record, at, before, context) => {
        const { 'forwarded-from': _, ...headers } = at.headers
        return topology.embed.run(record, { ...at, headers }, before, context)
      },
    },
  },
  'puts a restored state over what happened since': {
    ...unbroken,
    embed: {
      ...topology.embed,
      run: (record, at, before, context) =>
        topology.embed.run(
          record.kind === 'restore' ? { ...record, upTo: Number.MAX_SAFE_INTEGER } : record,
          at,
          before,
          context,
        ),
    },
  },
  'counts what waits in the backfill though it was erased': {
    ...unbroken,
    embed: {
      ...topology.embed,
      run: (record, at, before, context) => topology.embed.run(record, { ...at, headers: {} }, before, context),
    },
  },
  'carries out an erasure of the backfill each time it is fed': {
    ...unbroken,
    embed: {
      ...topology.embed,
      run: (record, at, before, context) =>
        topology.embed.run(record, record.kind === 'forget' ? { ...at, headers: {} } : at, before, context),
    },
  },
  'leaves out a record of the backfill': {
    ...unbroken,
    backfill: {
      ...topology.backfill,
      run: (...given) => (given[1].position.offset % 5 ? topology.backfill.run(...given) : {}),
    },
  },
  'counts a retried event again': {
    ...unbroken,
    embed: {
      ...topology.embed,
      run: (record, at, before, context) =>
        topology.embed.run(record, at, before && { ...before, recentIds: new Uint8Array(0), olderIds: [] }, context),
    },
  },
  'adds a delta again that a row has seen': {
    ...unbroken,
    learn: {
      ...topology.learn,
      run: (delta, at, before, context) => topology.learn.run(delta, at, before && { ...before, sources: {} }, context),
      runMany: (deltas, before, context) => learnRow(deltas, before && { ...before, sources: {} }, context),
    },
  },
  'keeps the state in memory over a rebalance': {
    ...unbroken,
    firstSeed: 1150,
    userStates: (open) => {
      const kept = new Map<number, ReturnType<typeof open>>()
      return (partition) => {
        const states = kept.get(partition) ?? open(partition)
        kept.set(partition, states)
        return states
      }
    },
  },
  'takes the last record of a key in a batch for the newest': {
    ...unbroken,
    firstSeed: 1036,
    sink: { ...topology.sink, conflateBy: ({ offset }) => BigInt(offset) },
    recommend: { ...topology.recommend, conflateBy: ({ offset }) => BigInt(offset) },
  },
  'stores a list without its place in the topic': {
    ...unbroken,
    sink: {
      ...topology.sink,
      run: (list, at, before, context) =>
        topology.sink.run(list, { ...at, position: { ...at.position, offset: 0 } }, before, context),
    },
  },
  'makes a list of a retried event': {
    ...unbroken,
    embed: {
      ...topology.embed,
      run: (record, at, before, context) => {
        const outcome = topology.embed.run(record, at, before, context)
        if (record.kind !== 'event' || !outcome.state || outcome.emits?.length || outcome.forwarded) return outcome
        return topology.embed.run({ v: 1, kind: 'refresh', userId: record.userId }, at, before, context)
      },
    },
  },
  'lets the last write win, whatever its time': { ...unbroken, newestWins: false },
  'adopts a guest whenever it is told to': {
    ...unbroken,
    embed: {
      ...topology.embed,
      run: (record, at, before, context) => {
        const open =
          before && record.kind === 'adopt' ? { ...before, adopted: [], recentIds: new Uint8Array(0) } : before
        return topology.embed.run(record, at, open, context)
      },
    },
  },
  'reads topic lists from its end when a server starts': {
    ...unbroken,
    serverLog: (log) => ({
      ...log,
      follow: (options, handle) => log.follow({ ...options, from: 'end' }, handle),
    }),
  },
  'takes a list that is in the topic for stored': {
    ...unbroken,
    serverLog: (log) => ({ ...log, committedOffsets: (_group, topic) => log.endOffsets(topic) }),
  },
  'takes a list for stored while a read is under way that began before': {
    ...unbroken,
    firstSeed: 1050,
    unstored: (parts) =>
      new (class extends UnstoredLists {
        override during<T>(read: () => Promise<T>): Promise<T> {
          return read()
        }
      })(parts),
  },
  'drops a record that cannot be read': {
    ...unbroken,
    log: (log) => ({
      ...log,
      append: (topic, records) => (topic.endsWith('dead-letter') ? Promise.resolve([]) : log.append(topic, records)),
    }),
  },
}
