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
  /** The document of a request, within what its client may still ask for. @throws AppError RATE_LIMITED, FORBIDDEN */
  readonly check: (text: string, context: RequestContext) => CheckedDocument | Promise<CheckedDocument>
  readonly explorer: boolean
  readonly logger: Logger
  readonly run: GatewayExecute
}

type GatewayInterface = ApolloServerOptionsWithGateway<RequestContext>['gateway']
export type GatewayExecute = Awaited<ReturnType<GatewayInterface['load']>>['executor']

/**
 * Apollo Server with an executor of our own. It enters by the `gateway` option, the one place where Apollo takes another
 * executor than graphql-js. Documents are parsed and validated by `Documents`, which also keeps them: Apollo has no cache
 * of documents or persisted queries of its own.
 */
export function createApollo(options: Options): ApolloServer<RequestContext> {
  const { schema, explorer, logger, lookup } = options
  return new ApolloServer<RequestContext>({
    gateway: toGateway(schema, options.run),
    // Ending is decided by the main file: Apollo's own handlers would kill the process in the middle of draining.
    stopOnTerminationSignals: false,
    introspection: explorer,
    hideSchemaDetailsFromClientErrors: !explorer,
    csrfPrevention: true,
    allowBatchedHttpRequests: false,
    maxRecursiveSelections: true,
    documentStore: null,
    // Automatic persisted queries; with a list, the list is all that can be asked for by hash.
    persistedQueries: {
      cache: byHash((hash) => lookup.byId(hash)),
    },
    includeStacktraceInErrorResponses: false,
    formatError: (formatted, error) => formatError(error, formatted, logger),
    logger: { debug() {}, info() {}, warn: (text) => logger.warn(text), error: (text) => logger.error(text) },
    plugins: [
      // It wraps every resolver: with a compiled executor that is most of the time of an answer.
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
  // A document is kept after its authorized run.
  set: async () => {},
  delete: async () => {},
})
