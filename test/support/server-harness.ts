import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Client, createClient, type ExecutionResult } from 'graphql-ws'
import { WebSocket } from 'ws'
import { Recommender } from '../../engine/recommender.ts'
import { type Config, readConfig } from '../../platform/config.ts'
import { openEmbedded } from '../../platform/embedded/open-embedded.ts'
import { type Logger, silentLogger } from '../../platform/logger.ts'
import { type Clock, systemClock } from '../../platform/ports/clock.ts'
import type { EventLog } from '../../platform/ports/event-log.ts'
import type { Store } from '../../platform/ports/store.ts'
import { followReplica } from '../../platform/read-models/replica.ts'
import { beginTimeline } from '../../platform/timeline.ts'
import { encodeItem, type ItemRecord } from '../../schema/records/item.ts'
import { encodedListRevision, encodeList, listWrittenAt, type UserList } from '../../schema/records/list.ts'
import { withPlace } from '../../schema/records/placed.ts'
import { formatRevision } from '../../schema/revision.ts'
import { tables } from '../../schema/tables.ts'
import { topicSpecs, topics } from '../../schema/topics.ts'
import { buildServer } from '../../server/build-server.ts'
import { createLocalRanking } from '../../server/ranking/local-ranking.ts'
import type { RankingService } from '../../server/ranking/ranking-service.ts'
import type { Server } from '../../server/running-server.ts'

export interface Answer {
  // biome-ignore lint/suspicious/noExplicitAny: what a test asked for is what it looks at
  readonly data?: any
  readonly errors?: readonly {
    readonly message: string
    readonly path?: readonly (string | number)[]
    // biome-ignore lint/suspicious/noExplicitAny: as above
    readonly extensions: any
  }[]
}

/** What a subscription was sent, and a way to wait for more. */
export interface Watcher {
  readonly received: Answer[]
  /** Resolves with the n-th message, counted from 0. */
  message(n: number): Promise<Answer>
  readonly ended: Promise<void>
  stop(): void
}

export interface Harness {
  readonly log: EventLog
  readonly store: Store
  readonly server: Server
  readonly url: string
  ask(query: string, variables?: Record<string, unknown>, headers?: Record<string, string>): Promise<Answer>
  post(body: unknown, headers?: Record<string, string>): Promise<Response>
  watch(query: string, variables?: Record<string, unknown>, connectionParams?: Record<string, unknown>): Watcher
  /** Puts items on the topic and waits until the server has them. */
  putItems(...items: (Partial<ItemRecord> & { id: string })[]): Promise<void>
  /** Replaces the business rules; the server applies them when it resolves. */
  putRules(source: string): Promise<void>
  /** As the recommend stage and the sink do: the record, then the row. @returns the revision, as clients see it */
  publishList(userId: string, list: UserList, headers?: Record<string, string>): Promise<string>
  close(): Promise<void>
}

export interface HarnessOptions {
  readonly logger?: Logger
  readonly env?: Record<string, string>
  readonly clock?: Clock
  /** Another than an embedded one of its own; closed with the harness. */
  readonly platform?: { readonly log: EventLog; readonly store: Store }
  /** Puts something between the server and the platform. */
  readonly wrapRanking?: (ranking: RankingService) => RankingService
  readonly checkWritable?: () => Promise<void>
  /** When the log began, as the first start records it. Default: it is not recorded. */
  readonly timeline?: number
  readonly wrap?: (platform: { log: EventLog; store: Store }) => { log: EventLog; store: Store }
}

/** A real server on a free port, by default over a real embedded log and store in a folder of its own; no stages run. */
export async function startHarness({
  logger = silentLogger,
  env = {},
  clock = systemClock,
  platform,
  wrap = (p) => p,
  wrapRanking = (c) => c,
  checkWritable,
  timeline = 0,
}: HarnessOptions = {}): Promise<Harness> {
  const dir = await mkdtemp(join(tmpdir(), 'pickstream-server-'))
  const { log, store } = platform ?? (await openEmbedded({ dir }))
  await log.createTopics(topicSpecs(1))
  await store.migrate()
  const config: Config = readConfig({ PICKSTREAM_PORT: '0', PICKSTREAM_LOG_LEVEL: 'silent', ...env })
  if (timeline > 0) await beginTimeline(store, config.EPOCH, timeline)
  const replica = await followReplica({ log, store, recommender: new Recommender() })
  const ranking = wrapRanking(createLocalRanking(replica, clock))
  const server = await buildServer({ ...wrap({ log, store }), config, logger, clock, ranking, checkWritable })
  const url = `${await server.listen()}/graphql`
  const clients: Client[] = []

  const post = (body: unknown, headers: Record<string, string> = {}) =>
    fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    })
  const ask = async (query: string, variables?: Record<string, unknown>, headers?: Record<string, string>) =>
    (await (await post({ query, variables }, headers)).json()) as Answer

  return {
    log,
    store,
    server,
    url,
    post,
    ask,
    watch(query, variables, connectionParams) {
      const client = createClient({
        url: url.replace('http', 'ws'),
        webSocketImpl: WebSocket,
        connectionParams,
        retryAttempts: 0,
      })
      clients.push(client)
      return watchWith(client, query, variables)
    },
    async putItems(...items) {
      const records = items.map((item) => ({ key: item.id, value: encodeItem({ v: 1, title: item.id, ...item }) }))
      const positions = await log.append(topics.items, records)
      await untilItems(Math.max(...positions.map(({ offset }) => offset)) + 1, server)
    },
    async putRules(source) {
      const { errors } = await ask('mutation ($source: String!) { putRules(source: $source) { version } }', { source })
      if (errors) throw new Error(errors[0]!.message)
    },
    async publishList(userId, list, headers = {}) {
      const value = encodeList(list)
      const [at] = await log.append(topics.lists, [{ key: userId, value, headers }])
      const row = { partition: userId, value: withPlace(value, at!.offset), writeTimestamp: listWrittenAt(list) }
      await store.put(tables.listsByUser, [row])
      return formatRevision(encodedListRevision(row.value), timeline)
    },
    async close() {
      for (const client of clients) await client.dispose()
      await server.close()
      await replica.stop()
      await log.close()
      await store.close()
      await rm(dir, { recursive: true, force: true })
    },
  }
}

export function watchWith(client: Client, query: string, variables?: Record<string, unknown>): Watcher {
  const received: Answer[] = []
  const waiting = new Map<number, (answer: Answer) => void>()
  let end = () => {}
  const ended = new Promise<void>((resolve) => {
    end = resolve
  })
  const take = (answer: Answer) => {
    received.push(answer)
    waiting.get(received.length - 1)?.(answer)
  }
  const stop = client.subscribe(
    { query, variables },
    {
      next: (result: ExecutionResult) => take(result as unknown as Answer),
      error: (error) => {
        take({ errors: Array.isArray(error) ? error : [{ message: String(error), extensions: { cause: error } }] })
        end()
      },
      complete: end,
    },
  )
  return {
    received,
    ended,
    stop,
    message: (n) =>
      n < received.length
        ? Promise.resolve(received[n]!)
        : new Promise((resolve) => {
            waiting.set(n, resolve)
          }),
  }
}

/** Until the catalog of the server has read so far. */
async function untilItems(upTo: number, server: Server): Promise<void> {
  while (server.catalogReadUpTo() < upTo) await new Promise((resolve) => setTimeout(resolve, 2))
}
