// node client-examples/curl/watch.mjs [URL] [USER] [--json]
// Prints a visitor's picks, and every newer list as it is pushed, until Ctrl-C.
import { createClient } from 'graphql-ws'
import WebSocket from 'ws'

const [url = 'http://127.0.0.1:4000/graphql', userId = 'you'] = process.argv.slice(2).filter((arg) => arg !== '--json')
const asJson = process.argv.includes('--json')

const query = /* GraphQL */ `
  subscription Watch($userId: ID!) {
    recommendationsUpdated(userId: $userId, first: 5) {
      revision
      computedAt
      causedByEventId
      personalized
      picks {
        rank
        item { id title }
        reason {
          __typename
          ... on BecauseOfItem { eventType item { title } }
          ... on PopularNow { window }
          ... on MatchesTaste { categories }
          ... on ChosenByShop { rule }
        }
      }
    }
  }
`

const client = createClient({
  url: url.replace(/^http/, 'ws'),
  webSocketImpl: WebSocket,
  retryAttempts: Number.POSITIVE_INFINITY,
  shouldRetry: () => true, // with random pauses, as graphql-ws makes them
  keepAlive: 10_000,
  on: { closed: (event) => event?.code !== 1000 && console.error('Connection lost; reconnecting ...') },
})

client.subscribe(
  { query, variables: { userId } },
  {
    next({ data, errors }) {
      if (errors) return fail(errors)
      print(data.recommendationsUpdated)
    },
    error: fail,
    complete() {},
  },
)
if (!asJson) console.log(`Watching the picks of "${userId}" at ${url}. Ctrl-C ends.\n`)

function print(list) {
  if (asJson) return console.log(JSON.stringify(list))
  const cause = list.causedByEventId === null ? 'as they stand' : `because of event ${list.causedByEventId}`
  console.log(`${new Date().toLocaleTimeString()}  revision ${list.revision}, ${cause}`)
  for (const { rank, item, reason } of list.picks)
    console.log(`  ${String(rank).padStart(2)}. ${item.title}  (${why(reason)})`)
  if (list.picks.length === 0) console.log('  nothing: the catalog is empty')
  console.log()
}

function why({ __typename, item, eventType, window, categories }) {
  if (__typename === 'BecauseOfItem') return `${eventType} of ${item.title}`
  if (__typename === 'PopularNow') return window === 'DAY' ? 'popular today' : `popular this ${window.toLowerCase()}`
  if (__typename === 'MatchesTaste') return `fits ${categories.join(', ')}`
  if (__typename === 'NewArrival') return 'new'
  return 'chosen by the shop'
}

function fail(problem) {
  console.error(
    Array.isArray(problem) ? problem.map(({ message }) => message).join('\n') : (problem.message ?? problem),
  )
  process.exitCode = 1
  client.dispose()
}
