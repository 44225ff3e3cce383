import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'

/** Buckets in seconds: from a cached answer to a stalled store. */
const secondsBuckets = [0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10]

interface Sources {
  readonly sockets: () => number
  readonly subscribers: () => number
  readonly items: () => number
  readonly cache: { readonly size: number; readonly hits: number; readonly misses: number }
  readonly modelTrainedAt: () => number | null
  readonly stages: () => readonly { name: string; lag: number; processedPerSecond: number; deadLetters: number }[]
  readonly now: () => number
}

/** What the server tells Prometheus. Labels are names of the schema, never what a client made up. */
export class Metrics {
  readonly registry = new Registry()
  readonly operations: Histogram<'operation' | 'outcome'>
  readonly errors: Counter<'code'>
  readonly pushes: Histogram
  readonly pushed: Counter

  readonly #now: () => number

  constructor(sources: Sources) {
    this.#now = sources.now
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
    this.#gauge('pickstream_sockets', 'Open sockets.', sources.sockets)
    this.#gauge('pickstream_subscribers', 'Open subscriptions.', sources.subscribers)
    this.#gauge('pickstream_catalogue_items', 'Items in the catalogue.', sources.items)
    this.#gauge('pickstream_picks_cache_entries', 'Lists in the cache.', () => sources.cache.size)
    this.#gauge('pickstream_picks_cache_hits', 'Lists found in the cache since the start.', () => sources.cache.hits)
    this.#gauge(
      'pickstream_picks_cache_misses',
      'Lists read from the store since the start.',
      () => sources.cache.misses,
    )
    this.#gauge('pickstream_model_age_seconds', 'Since the model that serves was trained; -1 without one.', () => {
      const trainedAt = sources.modelTrainedAt()
      return trainedAt === null ? -1 : (sources.now() - trainedAt) / 1_000
    })
    this.#stageGauges(sources)
  }

  /** A list was handed to all who watch it. */
  observePush(born: string | undefined, subscribers: number): void {
    this.pushed.inc(subscribers)
    if (born !== undefined) this.pushes.observe(Math.max(0, this.#now() - Number(born)) / 1_000)
  }

  #gauge(name: string, help: string, read: () => number): void {
    new Gauge({
      name,
      help,
      registers: [this.registry],
      collect() {
        this.set(read())
      },
    })
  }

  #stageGauges({ stages }: Sources): void {
    const figures = {
      lag: 'Records waiting for a stage.',
      processedPerSecond: 'Records a stage works off in a second.',
      deadLetters: 'Records a stage could not take.',
    } as const
    for (const [figure, help] of Object.entries(figures)) {
      const name = `pickstream_stage_${figure.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)}`
      new Gauge({
        name,
        help,
        labelNames: ['stage'],
        registers: [this.registry],
        collect() {
          this.reset()
          for (const stage of stages()) this.set({ stage: stage.name }, stage[figure as keyof typeof figures])
        },
      })
    }
  }
}
