import { GraphQLError, GraphQLScalarType, Kind, type ValueNode } from 'graphql'
import { cutJson } from '../cut-text.ts'
import { isoTimeRule, parseIsoTime } from '../iso-time.ts'

/** ISO 8601 with a zone; in the code a number, milliseconds since 1970. */
export const DateTime = new GraphQLScalarType<number, string>({
  name: 'DateTime',
  description: 'ISO 8601, UTC. Read with any zone, for example `2026-01-31T12:00:00.000Z`.',
  specifiedByURL: 'https://scalars.graphql.org/andimarek/date-time',
  serialize(value) {
    if (typeof value === 'number') return new Date(value).toISOString()
    throw new GraphQLError('DateTime: expected milliseconds since 1970')
  },
  parseValue: (value) => parse(value),
  parseLiteral: (node) => parse('value' in node ? node.value : undefined, node.kind === Kind.STRING, node),
})

function parse(value: unknown, isText = true, node?: ValueNode): number {
  const ms = typeof value === 'string' && isText ? parseIsoTime(value) : undefined
  if (ms !== undefined) return ms
  throw new GraphQLError(`expected ${isoTimeRule}, got ${cutJson(value, 64)}`, {
    nodes: node,
    extensions: { code: 'BAD_USER_INPUT' },
  })
}
