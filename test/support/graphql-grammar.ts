import fc from 'fast-check'

/**
 * Documents by a grammar: mostly such that a server understands, with wild values, unknown names and broken pieces in
 * between, so that every stage of a request (parsing, validation, coercion, cost, execution) is met.
 */
const wildString = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 20 }),
  fc.integer({ min: 60, max: 80 }).map((length) => `${'x'.repeat(length)}${'😀'.repeat(20)}`), // cut in messages
  fc.constantFrom('', '__proto__', 'constructor', '\u0000', '💥', 'a'.repeat(300), '"; DROP TABLE', '\\u{110000}'),
)
const name = fc.constantFrom('id', 'rank', 'item', 'title', 'picks', 'reason', '__typename', 'nope', 'score', 'edges')
const value: fc.Arbitrary<string> = fc.letrec<{ value: string }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    wildString.map((text) => JSON.stringify(text)),
    fc
      .oneof(fc.integer(), fc.double(), fc.constantFrom(0, -1, 1, 100, 101, 2 ** 31, Number.POSITIVE_INFINITY))
      .map(String),
    fc.constantFrom('null', 'true', 'VIEW', 'DAY', '$v', '$u', '{}', '[]'),
    fc.array(tie('value'), { maxLength: 4 }).map((values) => `[${values.join(', ')}]`),
    fc
      .array(fc.tuple(fc.constantFrom('categories', 'minPrice', 'itemId', 'userId', 'type', 'x'), tie('value')), {
        maxLength: 3,
      })
      .map((pairs) => `{ ${pairs.map(([key, one]) => `${key}: ${one}`).join(', ')} }`),
  ),
})).value
const argument = fc
  .tuple(
    fc.constantFrom(
      'userId',
      'first',
      'filter',
      'exclude',
      'after',
      'timeoutMs',
      'id',
      'ids',
      'itemId',
      'itemIds',
      'events',
      'search',
      'window',
      'page',
      'diversity',
      'sinceRevision',
      'x',
    ),
    value,
  )
  .map(([key, one]) => `${key}: ${one === '' ? 'null' : one}`)
const args = fc.array(argument, { maxLength: 3 }).map((list) => (list.length > 0 ? `(${list.join(', ')})` : ''))
const directive = fc.constantFrom('', '', '', ' @include(if: true)', ' @skip(if: $v)', ' @nope')
const selection: fc.Arbitrary<string> = fc.letrec<{ selection: string }>((tie) => ({
  selection: fc.oneof(
    { depthSize: 'small' },
    fc.tuple(name, directive).map(([one, mark]) => one + mark),
    fc
      .tuple(name, args, fc.array(tie('selection'), { minLength: 1, maxLength: 3 }))
      .map(([one, list, inner]) => `a: ${one}${list} { ${inner.join(' ')} }`),
    fc.constantFrom('...F', '... on Item { id }', '... on BecauseOfItem { eventType }', '{', '}', '#'),
  ),
})).selection

const known = [
  'recommendations(userId: "u") { id picks { rank item { id title } reason { __typename } } }',
  'item(id: "a") { id similar(first: 2) { rank item { id } } }',
  'catalog(search: "a", first: 2) { totalCount edges { cursor node { id } } }',
  'trending(first: 3) { score item { id } }',
  'user(id: "u") { events(first: 2) { edges { node { eventId } } } }',
  'items(ids: ["a", "x"]) { id }',
]
const field = fc.oneof(
  fc.constantFrom(...known),
  fc
    .tuple(
      fc.constantFrom(
        'recommendations',
        'similarItems',
        'boughtTogether',
        'trending',
        'catalog',
        'item',
        'items',
        'user',
        'sessionRecommendations',
        'pipeline',
        'recordEvents',
        'putItems',
        'undoEvents',
        '__schema',
        'nope',
      ),
      args,
      fc.array(selection, { minLength: 1, maxLength: 3 }),
    )
    .map(([one, list, inner]) => `${one}${list} { ${inner.join(' ')} }`),
)

export const document = fc
  .tuple(
    fc.constantFrom(
      '',
      'query',
      'query Q($v: Boolean, $u: ID)',
      'mutation',
      'subscription',
      'query ($v: Nope!)',
      'fragment',
    ),
    fc.array(field, { minLength: 1, maxLength: 3 }),
    fc.constantFrom('', '', ' fragment F on Item { id }', ' fragment F on Item { ...F }', ' {', '\u0000'),
  )
  .map(([head, fields, tail]) => `${head} { ${fields.join(' ')} }${tail}`)

export const variables = fc.oneof(
  fc.constant(undefined),
  fc.dictionary(fc.constantFrom('v', 'u', '__proto__', 'x'), fc.anything({ maxDepth: 2 }), { maxKeys: 3 }),
)

/** What comes in a body: mostly a request, sometimes anything. */
export const body = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      query: document,
      variables,
      operationName: fc.constantFrom(undefined, 'Q', null, '', 'half a pair \ud83d'),
    }),
  },
  { weight: 1, arbitrary: fc.anything({ maxDepth: 2 }) },
  { weight: 1, arbitrary: fc.record({ query: fc.anything(), extensions: fc.anything({ maxDepth: 2 }) }) },
)

export const socketMessage = fc.oneof(
  {
    weight: 5,
    arbitrary: fc
      .record({
        id: fc.constantFrom('1', '2', '', '__proto__'),
        type: fc.constant('subscribe'),
        payload: fc.record({ query: document, variables }),
      })
      .map((message) => stringify(message)),
  },
  {
    weight: 3,
    arbitrary: fc
      .constantFrom(
        'subscription { recommendationsUpdated(userId: "u") { id picks { item { id } } } }',
        'subscription { trendingUpdated(first: 1) { rank } }',
        'subscription ($u: ID!) { recommendationsUpdated(userId: $u, first: 1) { id } }',
      )
      .chain((query) =>
        fc.record({
          id: fc.constantFrom('1', '2', '3', '4'),
          type: fc.constant('subscribe'),
          payload: fc.record({ query: fc.constant(query), variables: fc.constantFrom({ u: 'x' }, {}) }),
        }),
      )
      .map((message) => stringify(message)),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      '{"type":"ping"}',
      '{"type":"complete","id":"1"}',
      '{"type":"pong"}',
      '{"type":"connection_init"}',
    ),
  },
  { weight: 1, arbitrary: fc.string({ maxLength: 50 }) },
)

export function stringify(value: unknown): string {
  return (
    JSON.stringify(value, (_key, one) => (typeof one === 'bigint' || typeof one === 'symbol' ? String(one) : one)) ??
    'null'
  )
}
