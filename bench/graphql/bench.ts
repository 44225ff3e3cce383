import autocannon from 'autocannon'
import { type Child, startChild } from '../harness/child.ts'
import { cpuSecondsOf } from '../harness/cpu-time.ts'
import { type Figure, figureOf } from '../harness/figure.ts'
import { ask } from '../harness/product.ts'
import type { Surroundings } from '../harness/scratch.ts'
import { fillFolder } from './lists.ts'
import type { ReferenceKind } from './reference-server.ts'

const query = `query ($userId: ID!) {
  recommendations(userId: $userId, first: 20) {
    id revision computedAt modelVersion personalized
    picks {
      rank score
      item { id title price categories }
      reason {
        __typename
        ... on BecauseOfItem { item { id title } eventType }
        ... on PopularNow { window }
        ... on MatchesTaste { categories }
        ... on NewArrival { publishedAt }
      }
    }
  }
}`

const connections = 32
const references: readonly ReferenceKind[] = ['apollo', 'mercurius', 'http']
type Kind = ReferenceKind | 'pickstream'

interface Measured {
  readonly rate: number
  /** Requests per second of CPU time of the server's process: comparable also on a shared machine. */
  readonly perCore: number
}

/** Reads of stored lists over HTTP, compared with other ways to serve the same schema, data and resolvers. */
export async function graphqlBench(surroundings: Surroundings): Promise<Figure[]> {
  const { quick, say, folder } = surroundings
  const users = quick ? 10_000 : 100_000
  const dir = await folder()
  say(`storing the lists of ${users} users`)
  await fillFolder(dir, users, 10_000)
  const env = { PICKSTREAM_DATA_DIR: dir, PICKSTREAM_PORT: '0', PICKSTREAM_LIMIT_RATE: '0' }
  const servers = new Map<Kind, Child>([['pickstream', startChild('server/main', env, surroundings)]])
  await servers.get('pickstream')!.firstMessage
  for (const kind of references) {
    servers.set(kind, startChild('bench/graphql/reference-server', env, surroundings, [kind]))
  }
  const load = (kind: Kind, seconds: number) => measure(servers.get(kind)!, users, seconds)
  say('warming up')
  for (const kind of servers.keys()) await load(kind, quick ? 2 : 6)

  const rounds: Record<Kind, Measured>[] = []
  for (let round = 0; round < (quick ? 3 : 5); round++) {
    const measured = {} as Record<Kind, Measured>
    const order = round % 2 === 0 ? [...servers.keys()] : [...servers.keys()].reverse()
    for (const kind of order) measured[kind] = await load(kind, quick ? 2 : 5)
    rounds.push(measured)
    say(`round ${round + 1}: ${order.map((kind) => `${kind} ${Math.round(measured[kind].rate)}/s`).join(', ')}`)
  }
  return references.flatMap((kind) => figures(kind, rounds))
}

const labels: Record<ReferenceKind, string> = {
  apollo: 'stock Apollo Server + Express',
  mercurius: 'mercurius + jit',
  http: 'node:http with JSON alone',
}
const musts: Partial<Record<ReferenceKind, number>> = { apollo: 2.5, mercurius: 0.8 }

function figures(kind: ReferenceKind, rounds: readonly Record<Kind, Measured>[]): Figure[] {
  const atLeast = musts[kind]
  const must = atLeast === undefined ? undefined : { of: 'ratio' as const, atLeast }
  const pairs = (of: keyof Measured) =>
    rounds.map((round) => ({ value: round.pickstream[of], reference: round[kind][of] }))
  return [
    figureOf({ name: `beside ${labels[kind]}`, unit: 'requests/s', ...(must && { must }), note }, pairs('rate')),
    figureOf({ name: `beside ${labels[kind]}, of server CPU`, unit: 'requests/s' }, pairs('perCore')),
  ]
}

const note = `20 picks with items and reasons, ${connections} connections, random users; every server a process with the same schema, data and resolvers.`

async function measure({ firstMessage, process }: Child, users: number, seconds: number): Promise<Measured> {
  const { address } = (await firstMessage) as { address: string }
  const url = `${address}/graphql`
  await ask(url, query, { userId: 'user-0' }) // fails here with the reason if a server returns errors
  const body = () => JSON.stringify({ query, variables: { userId: `user-${Math.floor(Math.random() * users)}` } })
  const cpuBefore = await cpuSecondsOf(process.pid!)
  const result = await autocannon({
    url,
    connections,
    duration: seconds, // by an amount, autocannon ends at the next whole second only
    requests: [
      {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        setupRequest: (request) => ({ ...request, body: body() }),
      },
    ],
  })
  const cpu = (await cpuSecondsOf(process.pid!)) - cpuBefore
  if (result.non2xx + result.errors > 0) throw new Error(`${result.non2xx + result.errors} requests failed at ${url}`)
  const requests = result['2xx']
  return { rate: requests / result.duration, perCore: requests / cpu }
}
