import type { FastifyInstance } from 'fastify'
import type { Config } from '../platform/config.ts'
import { type Headers, traceparentOf } from '../schema/records/headers.ts'
import { RequestContext, type Services } from './context.ts'
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
import { authenticateAndRateLimit, credentialsOf, type Gate } from './guard/gate.ts'
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
import type { OperationDeps } from './push/start-operation.ts'
import { addRestApi } from './rest/rest-api.ts'
import { RunningServer, type Server } from './running-server.ts'
import { getSchema, getSubgraphSchema } from './schema.ts'
import { type Parts, startServices } from './services.ts'
import { EventStreams } from './sse/event-streams.ts'

/** The whole GraphQL server over any log and store. It does not close the log and the store. */
export async function buildServer(parts: Parts): Promise<Server> {
  const { config, logger, clock } = parts
  checkBinding(config)
  const gate = createGate(parts)
  const { open } = gate.authenticator
  const explorer = config.EXPLORER === undefined ? open : config.EXPLORER === 'on'
  const graphql = createGraphql(config, explorer)
  const { schema, operations, documents, lookup } = graphql

  const { services, readiness, stop } = await startServices(parts, () => fanOut.subscribers)
  const unsent = new UnsentAnswers()
  const fanOut = createFanOut(operations, services, (headers, subscribers) => metrics.observePush(headers, subscribers))
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
    parts: () => readiness.partsThatWork(),
    now: () => clock.now(),
  })
  const deps = createOperationDeps({ graphql, gate, services, fanOut, metrics })
  const { checkDocument, executor } = deps
  const apollo = createApollo({
    schema,
    lookup,
    check: (text, { identity }) => checkDocument(text, identity),
    explorer,
    logger,
    run: executor.forApollo(documents),
  })
  await apollo.start()

  const http = await createHttp({ config, logger, open })
  const page = explorer ? await Explorer.add(http) : undefined
  addGraphqlRoute(http, { ...deps, ...gate, apollo, known: graphql.known, explorer: page, unsent })
  await addRestApi(http, { ...deps, ...gate, unsent })
  limitConnections(http.server, {
    connectionsMax: config.LIMIT_CONNECTIONS,
    perNetworkMax: open ? 0 : config.LIMIT_CONNECTIONS_PER_CLIENT,
    isExempt: createProxyTest(config.TRUSTED_PROXIES),
  })
  addHealthRoutes(http, {
    readiness,
    metrics: config.METRICS ? metrics : undefined,
    mayReadMetrics: async (request) => {
      const identity = await authenticateAndRateLimit(credentialsOf(request.raw, gate), gate, clock.now())
      authorize(identity, 'pipeline', {})
    },
  })
  await addPages(http)
  const { streams, sockets } = openSubscriptionTransports(http, deps, unsent)

  return new RunningServer({ config, http, apollo, streams, sockets, services, readiness, stopServices: stop })
}

function createGate({ config, clock }: Parts): Gate {
  const authenticator = new Authenticator(config, () => clock.now())
  return {
    authenticator,
    rate: new RateLimit(config, authenticator.open),
    addressOf: createAddressOf(config.TRUSTED_PROXIES),
  }
}

/** The schema, and the services that find, check and compile the documents of requests. */
function createGraphql(config: Config, suggestions: boolean) {
  const schema = config.FEDERATION ? getSubgraphSchema() : getSchema()
  const answerBytesMax = config.LIMIT_ANSWER_KB * 1024
  const plans = new JsonPlans(schema, immutableTypes, answerBytesMax)
  const operations = new Operations(schema, plans, { suggestions, answerBytesMax })
  const rules = documentRules(config, suggestions)
  const documents = new Documents({ schema, suggestions, rules, tokensMax: config.LIMIT_TOKENS })
  const persisted = PersistedDocuments.fromConfig(config)
  const listed = config.OPERATIONS === 'listed' ? persisted : undefined
  return {
    schema,
    operations,
    documents,
    known: new KnownRequests(operations, documents),
    cost: new CostLimit(schema, config.LIMIT_COST),
    listed,
    lookup: new DocumentLookup(documents, persisted, listed !== undefined),
  }
}

function createFanOut(
  operations: Operations,
  services: Services,
  onPushed: (headers: Headers | undefined, subscribers: number) => void,
): FanOut {
  const { logger, tracing } = services
  return new FanOut({
    operations,
    makeContext: () => new RequestContext(services, pushIdentity),
    formatErrors: (errors) => formatErrors(errors, logger).formatted,
    onError: (error) => logger.error({ err: error }, 'a value could not be pushed; the client received an error'),
    onPushed: (headers, subscribers) => {
      onPushed(headers, subscribers)
      tracing.follow('push', headers && traceparentOf(headers))?.end()
    },
  })
}

interface OperationParts {
  readonly graphql: ReturnType<typeof createGraphql>
  readonly gate: Gate
  readonly services: Services
  readonly fanOut: FanOut
  readonly metrics: Metrics
}

/** The services with which every transport starts operations. */
function createOperationDeps({ graphql, gate, services, fanOut, metrics }: OperationParts): OperationDeps {
  const { schema, operations, documents, cost, listed, lookup } = graphql
  const { rate } = gate
  const { clock, queues } = services
  return {
    schema,
    services,
    documents,
    checkDocument: createDocumentCheck({ documents, rate, clock, queue: queues.documents, listed }),
    subscribed: new ByteLedger(subscribedPerClientBytesMax, subscribedBytesMax),
    operations,
    executor: new Executor({
      operations,
      cost,
      metrics,
      charge: (identity, requests) => rate.charge(identity, requests, clock.now()),
    }),
    gate,
    cost,
    lookup,
    fanOut,
  }
}

/** Server-sent events and WebSocket: their open connections are limited together. */
function openSubscriptionTransports(http: FastifyInstance, deps: OperationDeps, unsent: UnsentAnswers) {
  const { config, logger, clock } = deps.services
  const { authenticator, addressOf } = deps.gate
  const connections = new OpenConnections({
    inAllMax: config.LIMIT_SOCKETS,
    perClientMax: authenticator.open ? 0 : config.LIMIT_SOCKETS_PER_CLIENT,
  })
  const streams = new EventStreams({ deps, connections, unsent })
  streams.addRoute(http)
  const sockets = new SocketServer({
    http: http.server,
    path: graphqlPath,
    config,
    logger,
    clock,
    protocol: createProtocol(deps),
    addressOf,
    checkPage: (request) => {
      if (authenticator.open) checkHost(request.headers, config)
      checkOrigin(request.headers, config.CORS_ORIGINS)
    },
    connections,
    unsent,
  })
  return { streams, sockets }
}

/**
 * Bounds of the memory for documents and variables of open subscriptions, per client and in all. The document of a page
 * takes about 50 kB.
 */
const subscribedPerClientBytesMax = 16 * 2 ** 20
const subscribedBytesMax = 1_024 * 2 ** 20

/** The catalog replaces items, it never changes them. */
const immutableTypes = ['Item']

/** What is pushed was allowed when it was subscribed to. */
const pushIdentity = { role: 'nobody', client: '' } as const
