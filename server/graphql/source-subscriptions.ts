import type { GraphQLSchema } from 'graphql'

/** The value of a subscription is what its source emits. */
export const resolveFromSource = (value: unknown): unknown => value

/**
 * Sources of subscriptions emit values that are answers already. The resolvers that type-graphql makes would coerce and
 * check the arguments again for every one of them.
 */
export function resolveSubscriptionsFromSource(schema: GraphQLSchema): GraphQLSchema {
  for (const field of Object.values(schema.getSubscriptionType()?.getFields() ?? {})) field.resolve = resolveFromSource
  return schema
}
