import type { AddressInfo } from 'node:net'
import type { FastifyInstance } from 'fastify'
import { traceparentOf } from '../schema/records/headers.ts'
import { tables } from '../schema/tables.ts'
import { RequestContext } from './context.ts'
import { Explorer } from './explorer/explorer.ts'
import { createApollo } from './graphql/apollo.ts'
import { DocumentLookup } from './graphql/document-lookup.ts'
import { Documents } from './graphql/documents.ts'
import { formatErrors } from './graphql/errors.ts'
import { Executor } from './graphql/executor.ts'
import { JsonPlans } from './graphql/json-plan.ts'
import { KnownRequests } from './graphql/known-requests.ts'
import { Operations } from './graphql/operations.ts'
import { PersistedDocuments } from './graphql/persisted-documents.ts'
import { addGraphqlRoute } from './graphql/route.ts'
import { authorize } from './guard/access-rules.ts'
import { Authenticator } from './guard/authenticator.ts'
import { checkBinding } from './guard/binding.ts'
import { ByteLedger } from './guard/byte-ledger.ts'
import { createAddressOf, createProxyTest } from './guard/client-address.ts'
import { limitConnections } from './guard/connections.ts'
import { CostLimit } from './guard/cost-limit.ts'
import { createDocumentCheck } from './guard/document-budget.ts'
import { documentRules } from './guard/document-rules.ts'
import { authenticateAndRateLimit, credentialsOf } from './guard/gate.ts'
import { checkHost } from './guard/hosts.ts'
import { checkOrigin } from './guard/origins.ts'
import { RateLimit } from './guard/rate-limit.ts'
import { UnsentAnswers } from './guard/unsent.ts'
import { addHealthRoutes } from './health.ts'
import { createHttp, graphqlPath } from './http.ts'
import { Metrics } from './metrics.ts'
import { addPages } from './pages.ts'
import { FanOut } from './push/fan-out.ts'
import { OpenConnections } from './push/open-connections.ts'
import { createProtocol } from './push/protocol.ts'
import { SocketServer } from './push/socket-server.ts'
import { addRestApi } from './rest/rest-api.ts'
import { getSchema, getSubgraphSchema } from './schema.ts'
import { type Parts, startServices } from './services.ts'
import { EventStreams } from './sse/event-streams.ts'

export interface Server {
  /** Opens the port; resolves with the address as a URL, for example `http://127.0.0.1:4000`. */
  listen(): Promise<string>
  /** Takes no more requests, ends the sockets (1001), answers what is under way, then stops following the topics. */
  close(): Promise<void>
  /** undefined while it is not listening. */
  readonly address: string | undefined
  readonly http: FastifyInstance
  /** Offset after the newest record of topic items that it has read. */
  catalogReadUpTo(): number
}

/** The whole GraphQL server over any log and store. Ends nothing that it was given. */
export async function buildServer(parts: Parts): Promise<Server> {
  const { config, logger, clock } = parts
  checkBinding(config)
  const schema = config.FEDERATION ? getSubgraphSchema() : getSchema()
  const authenticator = new Authenticator(config, () => clock.now())
  const explorer = config.EXPLORER === undefined ? authenticator.open : config.EXPLORER === 'on'
  const answerBytesMax = config.LIMIT_ANSWER_KB * 1024
  const operations = new Operations(schema, new JsonPlans(schema, immutableTypes, answerBytesMax), {
    suggestions: explorer,
    answerBytesMax,
  })
  const documents = new Documents({
    schema,
    suggestions: explorer,
    rules: documentRules(config, explorer),
    tokensMax: config.LIMIT_TOKENS,
  })
  const known = new KnownRequests(operations, documents)
  const gate = {
    authenticator,
    rate: new RateLimit(config, authenticator.open),
    addressOf: createAddressOf(config.TRUSTED_PROXIES),
  }
  const cost = new CostLimit(schema, config.LIMIT_COST)
  const persisted = PersistedDocuments.fromConfig(config)
  const listed = config.OPERATIONS === 'listed' ? persisted : undefined
  const lookup = new DocumentLookup(documents, persisted, listed !== undefined)

  const { services, readiness, stop } = await startServices(parts, () => fanOut.subscribers)
  const fanOut = new FanOut({
    operations,
    makeContext: () => new RequestContext(services, pushIdentity),
    formatErrors: (errors) => formatErrors(errors, logger).formatted,
    onError: (error) => logger.error({ err: error }, 'a value could not be pushed'),
    onPushed: (headers, subscribers) => {
      metrics.observePush(headers, subscribers)
      services.tracing.follow('push', headers && traceparentOf(headers))?.end()
    },
  })
  const metrics: Metrics = new Metrics({
    sockets: () => sockets.size,
    streams: () => streams.size,
    queues: services.queues,
    unsentBytes: () => unsent.bytes,
    documentBytes: () => documents.keptBytes,
    subscribers: () => fanOut.subscribers,
    cache: services.listCache,
    pipeline: () => services.pipeline.status(),
    reports: () => services.pipeline.live(),
    now: () => clock.now(),
  })

  const executor = new Executor({
    operations,
    cost,
    metrics,
    charge: (identity, requests) => gate.rate.charge(identity, requests, clock.now()),
  })
  const checkDocument = createDocumentCheck({
    documents,
    rate: gate.rate,
    clock,
    queue: services.queues.documents,
    listed,
  })
  const apollo = createApollo({
    schema,
    lookup,
    check: (text, { identity }) => checkDocument(text, identity),
    explorer,
    logger,
    run: executor.forApollo(documents),
  })
  await apollo.start()
  const unsent = new UnsentAnswers()
  const http = await createHttp({ config, logger, open: authenticator.open })
  const page = explorer ? await Explorer.add(http) : undefined
  addGraphqlRoute(http, { apollo, known, lookup, executor, services, explorer: page, unsent, ...gate })
  await addRestApi(http, { schema, operations, executor, services, unsent, ...gate })
  limitConnections(http.server, {
    connectionsMax: config.LIMIT_CONNECTIONS,
    perNetworkMax: authenticator.open ? 0 : config.LIMIT_CONNECTIONS_PER_CLIENT,
    isExempt: createProxyTest(config.TRUSTED_PROXIES),
  })
  addHealthRoutes(http, {
    readiness,
    pingStore: () => parts.store.get(tables.listsByUser, [{ partition: 'health' }]),
    checkWritable: parts.checkWritable ?? (async () => {}),
    metrics: config.METRICS ? metrics : undefined,
    mayReadMetrics: async (request) => {
      const identity = await authenticateAndRateLimit(credentialsOf(request.raw, gate), gate, clock.now())
      authorize(identity, 'pipeline', {})
    },
  })
  await addPages(http)
  const operationDeps = {
    schema,
    services,
    documents,
    checkDocument,
    subscribed: new ByteLedger(subscribedPerClientBytesMax, subscribedBytesMax),
    operations,
    executor,
    gate,
    cost,
    lookup,
    fanOut,
  }
  const connections = new OpenConnections({
    inAllMax: config.LIMIT_SOCKETS,
    perClientMax: authenticator.open ? 0 : config.LIMIT_SOCKETS_PER_CLIENT,
  })
  const streams = new EventStreams({ deps: operationDeps, connections, unsent })
  streams.addRoute(http)
  const sockets: SocketServer = new SocketServer({
    http: http.server,
    path: graphqlPath,
    config,
    logger,
    clock,
    protocol: createProtocol(operationDeps),
    addressOf: gate.addressOf,
    checkPage: (request) => {
      if (authenticator.open) checkHost(request.headers, config)
      checkOrigin(request.headers, config.CORS_ORIGINS)
    },
    connections,
    unsent,
  })

  let address: string | undefined
  let closing: Promise<void> | undefined
  return {
    http,
    catalogReadUpTo: () => services.catalog.readUpTo,
    get address() {
      return address
    },
    async listen() {
      await http.listen({ host: config.HOST, port: config.PORT }).catch((error: NodeJS.ErrnoException) => {
        if (error.code !== 'EADDRINUSE') throw error
        const message = `PICKSTREAM_PORT: something else listens on ${config.HOST}, port ${config.PORT}; stop it or name another port`
        throw new Error(message, { cause: error })
      })
      return (address = urlOf(http.server.address() as AddressInfo))
    },
    close: () => (closing ??= close()),
  }

  async function close() {
    readiness.stopping = true
    streams.close()
    await sockets.close()
    // A connection whose answer was in flight stays open after it (keep-alive), so idle ones are closed until all have ended.
    const ending = setInterval(() => http.server.closeIdleConnections(), closeIdleMs)
    await http.close().finally(() => clearInterval(ending))
    await apollo.stop()
    await stop()
  }
}

/** Documents and variables of the open subscriptions of one client, and of all: a page's document takes about 50 kB. */
const subscribedPerClientBytesMax = 16 * 2 ** 20
const subscribedBytesMax = 1_024 * 2 ** 20

const closeIdleMs = 50

/** The catalog replaces items, it never changes them. */
const immutableTypes = ['Item']

/** What is pushed was allowed when it was subscribed to. */
const pushIdentity = { role: 'nobody', client: '' } as const

const urlOf = ({ address, family, port }: AddressInfo): string =>
  `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`
