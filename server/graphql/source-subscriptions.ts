import type { GraphQLSchema } from 'graphql'

/** The value of a subscription is what its source emits. */
export const resolveFromSource = (value: unknown): unknown => value

/**
 * The sources of subscriptions emit finished answers. The resolvers of type-graphql would coerce and check the
 * arguments again for each of them.
 */
export function resolveSubscriptionsFromSource(schema: GraphQLSchema): GraphQLSchema {
  for (const field of Object.values(schema.getSubscriptionType()?.getFields() ?? {})) field.resolve = resolveFromSource
  return schema
}
