import { GraphQLError, GraphQLScalarType, Kind } from 'graphql'

const withZone = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d)$/i

/** ISO 8601 with a zone; in the code a number, milliseconds since 1970. */
export const DateTime = new GraphQLScalarType<number, string>({
  name: 'DateTime',
  description: 'ISO 8601, UTC. Read with any zone, for example `2026-01-31T12:00:00.000Z`.',
  specifiedByURL: 'https://scalars.graphql.org/andimarek/date-time',
  serialize(value) {
    if (typeof value === 'number') return new Date(value).toISOString()
    throw new GraphQLError('DateTime: expected milliseconds since 1970')
  },
  parseValue: parse,
  parseLiteral(node) {
    return parse(node.kind === Kind.STRING ? node.value : undefined)
  },
})

function parse(value: unknown): number {
  const at = typeof value === 'string' && withZone.test(value) ? Date.parse(value) : Number.NaN
  if (!Number.isNaN(at)) return at
  throw new GraphQLError(
    `expected an ISO 8601 time with a zone such as "2026-01-31T12:00:00Z", got ${JSON.stringify(value)?.slice(0, 64)}`,
  )
}
