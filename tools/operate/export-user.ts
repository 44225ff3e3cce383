import { writeFile } from 'node:fs/promises'
import { Command } from 'commander'
import type { GraphQLClient } from '../lib/graphql-client.ts'
import { operatorClient, withServer } from '../lib/operator-client.ts'

/** All data that is kept of one user, for a data subject access request. */
interface UserExport {
  readonly userId: string
  /** Oldest first: every event that counted and was not undone. */
  readonly events: readonly object[]
  /** The present list, with the reason of each pick. */
  readonly recommendations: object
}

interface Page {
  readonly user: {
    readonly events: {
      readonly edges: { readonly node: object }[]
      readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null }
    }
  } | null
}

const eventsQuery = `query($id: ID!, $after: String) {
  user(id: $id) {
    events(first: 100, after: $after) {
      edges { node { eventId type itemId value quantity timestamp position portion seconds unitPrice currency } }
      pageInfo { hasNextPage endCursor }
    }
  }
}`

const listQuery = `query($id: ID!) {
  user(id: $id) {
    recommendations(first: 100) {
      id revision computedAt modelVersion causedByEventId personalized
      picks {
        rank score item { id title }
        reason {
          __typename
          ... on BecauseOfItem { item { id } eventType }
          ... on PopularNow { window }
          ... on MatchesTaste { categories }
          ... on NewArrival { publishedAt }
        }
      }
    }
  }
}`

export function exportCommand(print: (line: string) => void): Command {
  return withServer(new Command('export').description("One user's data as JSON: history and list."))
    .requiredOption('--user <id>', 'whose')
    .option('--out <file>', 'where to; the terminal where left out')
    .action(async ({ user, out }: { user: string; out?: string }, self: Command) => {
      const exported = await exportUser(operatorClient(self), user)
      const text = JSON.stringify(exported, null, 2)
      if (out === undefined) return print(text)
      await writeFile(out, `${text}\n`, { flag: 'wx', mode: 0o600 }) // never overwrites a file
      print(`${exported.events.length} events of ${user} are in ${out}.`)
    })
}

/** @throws Error when no user with this id is known */
async function exportUser(client: GraphQLClient, userId: string): Promise<UserExport> {
  const events: object[] = []
  for (let after: string | null = null; ; ) {
    const { user }: Page = await client<Page>(eventsQuery, { id: userId, after })
    if (user === null) throw new Error(`user ${JSON.stringify(userId)} has no data`)
    events.push(...user.events.edges.map(({ node }) => node))
    if (!user.events.pageInfo.hasNextPage) break
    after = user.events.pageInfo.endCursor
  }
  const { user } = await client<{ user: { recommendations: object } | null }>(listQuery, { id: userId })
  return { userId, events: events.reverse(), recommendations: user?.recommendations ?? {} }
}
