import { GraphQLError, GraphQLScalarType, Kind, type ValueNode } from 'graphql'
import { cutJson } from '../cut-text.ts'

const withZone = /^(?<year>\d{4})-(?<month>\d\d)-(?<day>\d\d)T\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d)$/i

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
  if (typeof value === 'string' && isText) {
    const match = withZone.exec(value)
    if (match && isDay(match.groups as unknown as DateParts)) {
      const at = Date.parse(value)
      if (!Number.isNaN(at)) return at
    }
  }
  throw new GraphQLError(
    `expected an ISO 8601 time with a zone such as "2026-01-31T12:00:00Z", on a day that exists, got ${cutJson(value, 64)}`,
    { nodes: node, extensions: { code: 'BAD_USER_INPUT' } },
  )
}

interface DateParts {
  readonly year: string
  readonly month: string
  readonly day: string
}

/** Date.parse takes 30 February for 2 March. */
function isDay({ year, month, day }: DateParts): boolean {
  const date = new Date(`${year}-${month}-01T00:00:00Z`)
  date.setUTCMonth(date.getUTCMonth() + 1, 0)
  return Number(day) >= 1 && Number(day) <= date.getUTCDate()
}
