import { maxAliasesRule } from '@escape.tech/graphql-armor-max-aliases'
import { maxDepthRule } from '@escape.tech/graphql-armor-max-depth'
import { maxDirectivesRule } from '@escape.tech/graphql-armor-max-directives'
import { GraphQLError, NoSchemaIntrospectionCustomRule, type ValidationContext, type ValidationRule } from 'graphql'
import type { Config } from '../../platform/config.ts'

type Limits = Pick<Config, 'LIMIT_DEPTH' | 'LIMIT_ALIASES' | 'LIMIT_DIRECTIVES'>

/** Reports a violation like that of any other rule. By themselves these rules throw, which would be a server error. */
const reporting = {
  propagateOnRejection: false,
  onReject: [
    (context: ValidationContext | null, error: GraphQLError) => {
      context?.reportError(new GraphQLError(error.message.replace(/^Syntax Error: /, '')))
    },
  ],
}

/** Limits of a document beyond validity; the same over HTTP and over sockets. */
export function documentRules(limits: Limits, introspection: boolean): ValidationRule[] {
  return [
    maxDepthRule({ n: limits.LIMIT_DEPTH, flattenFragments: true, ...reporting }) as ValidationRule,
    maxAliasesRule({ n: limits.LIMIT_ALIASES, ...reporting }) as ValidationRule,
    maxDirectivesRule({ n: limits.LIMIT_DIRECTIVES, ...reporting }) as ValidationRule,
    ...(introspection ? [] : [NoSchemaIntrospectionCustomRule]),
  ]
}
