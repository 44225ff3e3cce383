import { ApolloServer } from '@apollo/server'
import { ApolloServerPluginInlineTraceDisabled } from '@apollo/server/plugin/disabled'
import { startStandaloneServer } from '@apollo/server/standalone'
import { buildSubgraphSchema } from '@apollo/subgraph'
import DataLoader from 'dataloader'
import { parse } from 'graphql'

/**
 * The shop's own subgraph in front of Pickstream: it adds recommendations to the shop's Product and Shopper, under the shop's names, and
 * answers with ids only. Titles, prices and stock stay with the subgraph that owns them.
 */
const typeDefs = parse(/* GraphQL */ `
  extend schema @link(url: "https://specs.apollo.dev/federation/v2.7", import: ["@key"])

  type Product @key(fields: "id") {
    id: ID!
    "What is like it. Null, with an error beside it, while Pickstream cannot be reached: the rest of the page is answered."
    recommendations(first: Int = 5): [ProductPick!]
  }

  type Shopper @key(fields: "id") {
    id: ID!
    "The shopper's list as it stands; with a token of recordEvents, the list that has seen those events."
    recommendations(first: Int = 10, after: String): [ProductPick!]
  }

  type ProductPick {
    "Null where the shop no longer has it."
    product: Product
    "In words, to be shown as it is."
    why: String!
  }
`)

interface Pick {
  readonly item: { readonly id: string }
  readonly reason: { readonly __typename: string; readonly item?: { readonly title: string } }
}
interface OfProduct {
  readonly id: string
  readonly first: number
}
interface Context {
  readonly ask: Ask
  readonly likeProduct: DataLoader<OfProduct, readonly Pick[], string>
}

const picks = 'item { id } reason { __typename ... on BecauseOfItem { item { title } } }'

/** Apollo's own type knows nothing of the context. */
type Resolvers = Extract<Parameters<typeof buildSubgraphSchema>[0], { resolvers?: unknown }>['resolvers']

const resolvers = {
  Product: {
    recommendations: async ({ id }: { id: string }, { first }: { first: number }, { likeProduct }: Context) =>
      (await likeProduct.load({ id, first })).map(toProductPick),
  },
  Shopper: {
    async recommendations(
      { id }: { id: string },
      { first, after }: { first: number; after?: string },
      { ask }: Context,
    ) {
      const query = `query($userId: ID!, $first: Int, $after: String) {
        recommendations(userId: $userId, first: $first, after: $after) { picks { ${picks} } } }`
      const { recommendations } = await ask<{ recommendations: { picks: readonly Pick[] } }>(query, {
        userId: id,
        first,
        after,
      })
      return recommendations.picks.map(toProductPick)
    },
  },
}

const toProductPick = ({ item, reason }: Pick) => ({ product: item, why: inWords(reason) })

function inWords({ __typename, item }: Pick['reason']): string {
  if (__typename === 'BecauseOfItem') return `because of ${item?.title}`
  return (
    {
      PopularNow: 'popular now',
      MatchesTaste: 'matches your taste',
      NewArrival: 'new',
      ChosenByShop: 'picked by the shop',
    }[__typename] ?? 'for you'
  )
}

type Ask = <Data>(query: string, variables: object) => Promise<Data>

/** The visitor's token goes through: Pickstream decides what its bearer may see. */
const askPickstream =
  (url: string, authorization: string | undefined): Ask =>
  async <Data>(query: string, variables: object) => {
    const headers = { 'content-type': 'application/json', ...(authorization && { authorization }) }
    const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify({ query, variables }) })
    const { data, errors } = (await response.json()) as { data?: Data; errors?: readonly { message: string }[] }
    if (errors || !data) throw new Error(errors?.[0]?.message ?? `Pickstream answered with HTTP ${response.status}`)
    return data
  }

/** A page of products asks Pickstream once, not once per product. */
const createLoader = (ask: Ask): Context['likeProduct'] =>
  new DataLoader(
    async (wanted: readonly OfProduct[]) => {
      const query = `query($ids: [ID!]!, $first: Int) { items(ids: $ids) { similar(first: $first) { ${picks} } } }`
      const variables = { ids: wanted.map(({ id }) => id), first: Math.max(...wanted.map(({ first }) => first)) }
      const { items } = await ask<{ items: readonly ({ similar: readonly Pick[] } | null)[] }>(query, variables)
      return wanted.map(({ first }, n) => items[n]?.similar.slice(0, first) ?? [])
    },
    { cacheKeyFn: ({ id, first }) => `${first} ${id}` },
  )

/** @returns the subgraph's address */
export async function startRecommendationsSubgraph({ pickstreamUrl, port }: { pickstreamUrl: string; port: number }) {
  const server = new ApolloServer<Context>({
    schema: buildSubgraphSchema({ typeDefs, resolvers: resolvers as Resolvers }),
    plugins: [ApolloServerPluginInlineTraceDisabled()],
  })
  const { url } = await startStandaloneServer(server, {
    listen: { host: '127.0.0.1', port },
    context: async ({ req }) => {
      const ask = askPickstream(pickstreamUrl, req.headers.authorization)
      return { ask, likeProduct: createLoader(ask) }
    },
  })
  return { url, stop: () => server.stop() }
}
