import 'reflect-metadata'
import { type GraphQLSchema, lexicographicSortSchema, printSchema } from 'graphql'
import { buildSchemaSync } from 'type-graphql'
import { refuseRoundedIds } from './graphql/exact-ids.ts'
import { resolveSubscriptionsFromSource } from './graphql/source-subscriptions.ts'
import { guardSchema } from './guard/guard-schema.ts'
import { IngestMutations } from './ingest/mutations.ts'
import { OperationsResolver } from './operations/operations-resolver.ts'
import { PipelineResolver } from './pipeline/pipeline-resolver.ts'
import { Subscriptions } from './push/subscriptions.ts'
import { HomeResolver } from './query/home-resolver.ts'
import { ItemsResolver } from './query/items-resolver.ts'
import { ListsResolver } from './query/lists-resolver.ts'
import { RankResolver } from './query/rank-resolver.ts'
import { RecommendationsResolver } from './query/recommendations-resolver.ts'
import { UserResolver } from './query/user-resolver.ts'
import { asSubgraph } from './subgraph/as-subgraph.ts'

let built: GraphQLSchema | undefined
let builtAsSubgraph: GraphQLSchema | undefined

/** The schema with its resolvers. Resolvers have no state: they use the context, so one schema serves all requests. */
export const getSchema = (): GraphQLSchema => (built ??= build((schema) => schema))

/** The same schema with the additions of an Apollo Federation subgraph. */
export const getSubgraphSchema = (): GraphQLSchema => (builtAsSubgraph ??= build(asSubgraph))

function build(extend: (schema: GraphQLSchema) => GraphQLSchema): GraphQLSchema {
  return refuseRoundedIds(
    guardSchema(
      extend(
        describeRoots(
          resolveSubscriptionsFromSource(
            buildSchemaSync({
              resolvers: [
                RecommendationsResolver,
                ListsResolver,
                RankResolver,
                HomeResolver,
                ItemsResolver,
                UserResolver,
                PipelineResolver,
                OperationsResolver,
                IngestMutations,
                Subscriptions,
              ],
              validate: false,
              // type-graphql requires one, although every subscription has its own source.
              pubSub: { publish() {}, subscribe: () => noSource() },
            }),
          ),
        ),
      ),
    ),
  )
}

/** type-graphql creates the root types without a description. */
function describeRoots(schema: GraphQLSchema): GraphQLSchema {
  schema.getQueryType()!.description = 'What can be read. Fields marked "Operators" need an operator\'s credentials.'
  schema.getMutationType()!.description =
    'What can be changed. Fields marked "Operators" need an operator\'s credentials.'
  schema.getSubscriptionType()!.description =
    'What can be watched, over WebSocket (graphql-transport-ws) or server-sent events.'
  return schema
}

/** As committed in schema/schema.graphql. */
export const schemaText = (): string => `${printSchema(lexicographicSortSchema(getSchema()))}\n`

function noSource(): never {
  throw new Error('every subscription has a source of its own')
}
