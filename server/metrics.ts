import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import type { PipelineStatus } from '../schema/graphql/pipeline.ts'
import { ageMsOf, type Headers } from '../schema/records/headers.ts'
import { latencyBounds, type StageReport } from '../schema/records/stage-status.ts'
import type { WorkQueues } from './guard/work-queues.ts'
import { addStageMetrics } from './stage-metrics.ts'

const secondsBuckets = [...latencyBounds]

interface Sources {
  readonly sockets: () => number
  readonly streams: () => number
  readonly subscribers: () => number
  /** Answers that clients have not read yet, bytes. */
  readonly unsentBytes: () => number
  /** Tasks that wait or run, by kind. */
  readonly queues: WorkQueues
  /** Estimated memory of the cached documents, bytes. */
  readonly documentBytes: () => number
  readonly cache: { readonly size: number; readonly hits: number; readonly misses: number }
  readonly pipeline: () => PipelineStatus
  /** Reports of the instances that run. */
  readonly reports: () => readonly StageReport[]
  /** Whether each part that the server needs works now. */
  readonly parts: () => Promise<ReadonlyMap<string, boolean>>
  readonly now: () => number
}

/** Metrics of the server for Prometheus. Labels are names of the schema, never values of clients. */
export class Metrics {
  readonly registry = new Registry()
  readonly operations: Histogram<'operation' | 'outcome'>
  readonly errors: Counter<'code'>
  readonly pushes: Histogram
  readonly pushed: Counter

  private readonly now: () => number

  constructor(sources: Sources) {
    this.now = sources.now
    const registers = [this.registry]
    collectDefaultMetrics({ register: this.registry })
    this.operations = new Histogram({
      name: 'pickstream_graphql_operation_seconds',
      help: 'Time of GraphQL operations by their first field.',
      labelNames: ['operation', 'outcome'],
      buckets: secondsBuckets,
      registers,
    })
    this.errors = new Counter({
      name: 'pickstream_graphql_errors_total',
      help: 'Errors sent to clients by code.',
      labelNames: ['code'],
      registers,
    })
    this.pushes = new Histogram({
      name: 'pickstream_event_to_push_seconds',
      help: 'From the acceptance of an event to the new list being written to every socket that watches.',
      buckets: secondsBuckets,
      registers,
    })
    this.pushed = new Counter({
      name: 'pickstream_pushes_total',
      help: 'Messages handed to subscribers.',
      registers,
    })
    this.gauge('pickstream_sockets', 'Open sockets.', sources.sockets)
    this.gauge('pickstream_event_streams', 'Open event streams (SSE).', sources.streams)
    this.gauge('pickstream_subscribers', 'Open subscriptions.', sources.subscribers)
    this.gauge('pickstream_unsent_bytes', 'Bytes of answers that clients have not read yet.', sources.unsentBytes)
    this.gauge('pickstream_documents_bytes', 'Estimated memory of cached GraphQL documents.', sources.documentBytes)
    this.gauge('pickstream_catalog_items', 'Items in the catalog.', () => sources.pipeline().items)
    this.gauge('pickstream_users', 'Users with a state.', () => sources.pipeline().users)
    this.gauge('pickstream_list_cache_entries', 'Lists in the cache.', () => sources.cache.size)
    this.counter('pickstream_list_cache_hits_total', 'Lists found in the cache.', () => sources.cache.hits)
    this.counter('pickstream_list_cache_misses_total', 'Lists read from the store.', () => sources.cache.misses)
    this.gauge(
      'pickstream_model_version',
      'The model that serves; 0 without one.',
      () => sources.pipeline().model.version,
    )
    this.gauge(
      'pickstream_model_age_seconds',
      'Seconds since the model that serves was trained; -1 without one.',
      () => {
        const { trainedAt } = sources.pipeline().model
        return trainedAt === null ? -1 : (sources.now() - trainedAt) / 1_000
      },
    )
    this.lags(sources.pipeline)
    this.parts(sources.parts)
    this.queues(sources.queues)
    addStageMetrics(this.registry, sources.reports)
  }

  /** Counts a list that was handed to all its subscribers. */
  observePush(headers: Headers | undefined, subscribers: number): void {
    this.pushed.inc(subscribers)
    const ageMs = headers && ageMsOf(headers, this.now())
    if (ageMs !== undefined) this.pushes.observe(ageMs / 1_000)
  }

  private lags(pipeline: () => PipelineStatus): void {
    new Gauge({
      name: 'pickstream_stage_lag',
      help: 'Records waiting for a stage.',
      labelNames: ['stage'],
      registers: [this.registry],
      collect() {
        this.reset() // a lag that cannot be measured now has no value
        for (const { name, lag } of pipeline().stages) this.set({ stage: name }, lag)
      },
    })
  }

  private parts(read: Sources['parts']): void {
    new Gauge({
      name: 'pickstream_part_up',
      help: '1: the part works. 0: it does not, and the server is degraded or not ready.',
      labelNames: ['part'],
      registers: [this.registry],
      async collect() {
        for (const [part, works] of await read()) this.set({ part }, works ? 1 : 0)
      },
    })
  }

  private queues(queues: WorkQueues): void {
    new Gauge({
      name: 'pickstream_queued_tasks',
      help: 'Tasks of requests that wait for their turn, or run.',
      labelNames: ['kind'],
      registers: [this.registry],
      collect() {
        for (const kind of ['documents', 'rankings', 'searches', 'waits'] as const)
          this.set({ kind }, queues[kind].size)
      },
    })
  }

  private gauge(name: string, help: string, read: () => number): void {
    new Gauge({
      name,
      help,
      registers: [this.registry],
      collect() {
        this.set(read())
      },
    })
  }

  /** Exports a value that is counted elsewhere. */
  private counter(name: string, help: string, read: () => number): void {
    new Counter({
      name,
      help,
      registers: [this.registry],
      collect() {
        this.reset()
        this.inc(read())
      },
    })
  }
}
