import type { GraphQLFieldResolver, GraphQLSchema } from 'graphql'
import type { RequestContext } from '../context.ts'
import { authorize, rules } from './access-rules.ts'

type Resolve = GraphQLFieldResolver<unknown, RequestContext>

/** Adds the access rule to every operation of the schema. @throws Error if an operation has no rule */
export function guardSchema(schema: GraphQLSchema): GraphQLSchema {
  for (const type of [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()]) {
    for (const field of Object.values(type?.getFields() ?? {})) {
      if (!(field.name in rules)) throw new Error(`server/guard/access-rules.ts has no rule for ${field.name}`)
      const guard = (resolve: Resolve): Resolve => {
        return (source, args, context, info) => {
          authorize(context.identity, field.name, args)
          return resolve(source, args, context, info)
        }
      }
      if (field.subscribe) field.subscribe = guard(field.subscribe)
      else if (field.resolve) field.resolve = guard(field.resolve)
    }
  }
  return schema
}
