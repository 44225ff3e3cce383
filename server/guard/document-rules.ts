import { maxAliasesRule } from '@escape.tech/graphql-armor-max-aliases'
import { maxDepthRule } from '@escape.tech/graphql-armor-max-depth'
import { maxDirectivesRule } from '@escape.tech/graphql-armor-max-directives'
import { GraphQLError, NoSchemaIntrospectionCustomRule, type ValidationContext, type ValidationRule } from 'graphql'
import type { Config } from '../../platform/config.ts'

type Limits = Pick<Config, 'LIMIT_DEPTH' | 'LIMIT_ALIASES' | 'LIMIT_DIRECTIVES'>

/** Reported as any other broken rule; by themselves these rules throw, which is a server error. */
const reporting = {
  propagateOnRejection: false,
  onReject: [
    (context: ValidationContext | null, error: GraphQLError) => {
      context?.reportError(new GraphQLError(error.message.replace(/^Syntax Error: /, '')))
    },
  ],
}

/** What a document may be, beyond being valid. The same over HTTP and over sockets. */
export function documentRules(limits: Limits, introspection: boolean): ValidationRule[] {
  return [
    maxDepthRule({ n: limits.LIMIT_DEPTH, flattenFragments: true, ...reporting }) as ValidationRule,
    maxAliasesRule({ n: limits.LIMIT_ALIASES, ...reporting }) as ValidationRule,
    maxDirectivesRule({ n: limits.LIMIT_DIRECTIVES, ...reporting }) as ValidationRule,
    ...(introspection ? [] : [NoSchemaIntrospectionCustomRule]),
  ]
}
