import { GraphQLError, type GraphQLScalarType, type GraphQLSchema } from 'graphql'
import { cutJson } from '../../schema/cut-text.ts'

/**
 * Makes the ID scalar of a schema reject fractions, non-finite numbers, and JSON numbers beyond 2^53 - 1 in variables.
 * JSON parsers round such integers to the nearest double, so that different ids would become the same. Literals in a
 * document keep their digits and are accepted.
 * @returns the schema given
 */
export function refuseRoundedIds(schema: GraphQLSchema): GraphQLSchema {
  const scalar = schema.getType('ID') as GraphQLScalarType<string, string>
  scalar.parseValue = parseId
  return schema
}

/** @throws GraphQLError naming the rule and the value received */
export function parseId(value: unknown): string {
  if (typeof value === 'string') return value
  if (Number.isSafeInteger(value)) return String(value)
  if (Number.isInteger(value)) {
    throw new GraphQLError(
      `ID cannot represent the number ${value}: above ${Number.MAX_SAFE_INTEGER} JSON numbers lose digits; send the id as a string`,
    )
  }
  throw new GraphQLError(`ID cannot represent value: ${cutJson(value, 64)}`)
}
