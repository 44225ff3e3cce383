import { ApolloServer, type ApolloServerOptionsWithGateway } from '@apollo/server'
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from '@apollo/server/plugin/disabled'
import type { GraphQLSchema } from 'graphql'
import { printSchema } from 'graphql'
import type { Logger } from '../../platform/logger.ts'
import type { RequestContext } from '../context.ts'
import { checkedDocuments } from './checked-documents.ts'
import type { DocumentLookup } from './document-lookup.ts'
import type { CheckedDocument } from './documents.ts'
import { formatError } from './errors.ts'

interface Options {
  readonly schema: GraphQLSchema
  readonly lookup: DocumentLookup
  /** Parses the document of a request, within the client's rate limit. @throws AppError RATE_LIMITED, FORBIDDEN */
  readonly check: (text: string, context: RequestContext) => CheckedDocument | Promise<CheckedDocument>
  readonly explorer: boolean
  readonly logger: Logger
  readonly run: GatewayExecute
}

type GatewayInterface = ApolloServerOptionsWithGateway<RequestContext>['gateway']
export type GatewayExecute = Awaited<ReturnType<GatewayInterface['load']>>['executor']

/**
 * Apollo Server with our own executor. It is passed by the `gateway` option, the only place where Apollo accepts an
 * executor other than graphql-js. `Documents` parses, validates and caches documents, so Apollo has no cache of
 * documents or persisted queries.
 */
export function createApollo(options: Options): ApolloServer<RequestContext> {
  const { schema, explorer, logger, lookup } = options
  return new ApolloServer<RequestContext>({
    gateway: toGateway(schema, options.run),
    // The main file decides when the process ends: Apollo's own signal handlers would end it while it drains.
    stopOnTerminationSignals: false,
    introspection: explorer,
    hideSchemaDetailsFromClientErrors: !explorer,
    csrfPrevention: true,
    allowBatchedHttpRequests: false,
    maxRecursiveSelections: true,
    documentStore: null,
    // Automatic persisted queries. With a list, only listed documents can be requested by hash.
    persistedQueries: {
      cache: byHash((hash) => lookup.byId(hash)),
    },
    includeStacktraceInErrorResponses: false,
    formatError: (formatted, error) => formatError(error, formatted, logger),
    logger: { debug() {}, info() {}, warn: (text) => logger.warn(text), error: (text) => logger.error(text) },
    plugins: [
      // This plugin wraps every resolver, which with a compiled executor is most of the time of an answer.
      ApolloServerPluginCacheControlDisabled(),
      ApolloServerPluginUsageReportingDisabled(),
      ApolloServerPluginLandingPageDisabled(),
      checkedDocuments(options),
    ],
  })
}

function toGateway(schema: GraphQLSchema, executor: GatewayExecute): GatewayInterface {
  return {
    load: async () => ({ executor }),
    onSchemaLoadOrUpdate(use) {
      use({ apiSchema: schema, coreSupergraphSdl: printSchema(schema) })
      return () => {}
    },
    stop: async () => {},
  }
}

const persistedPrefix = 'apq:'

const byHash = (textOf: (hash: string) => string | undefined) => ({
  get: async (key: string) => textOf(key.slice(persistedPrefix.length)),
  // A document is cached after an authorized run.
  set: async () => {},
  delete: async () => {},
})
