import { ApolloServer } from '@apollo/server'
import { ApolloServerPluginInlineTraceDisabled } from '@apollo/server/plugin/disabled'
import { startStandaloneServer } from '@apollo/server/standalone'
import { buildSubgraphSchema } from '@apollo/subgraph'
import { parse } from 'graphql'

export interface Product {
  readonly id: string
  readonly title: string
  readonly price: number
  readonly inStock: boolean
}

/**
 * The shop's own subgraph. It relates its types to those of Pickstream by equal ids: a Product is an Item, a Shopper is
 * a User. The gateway fetches the rest from Pickstream.
 */
const typeDefs = parse(/* GraphQL */ `
  extend schema @link(url: "https://specs.apollo.dev/federation/v2.7", import: ["@key"])

  type Product @key(fields: "id") {
    id: ID!
    title: String!
    price: Float!
    inStock: Boolean!
    "What Pickstream has of it. Null, with an error beside it, while Pickstream cannot be reached: the rest of the page is answered."
    item: Item
  }

  type Item @key(fields: "id") {
    id: ID!
    "Null where the shop no longer has it."
    product: Product
  }

  type Shopper @key(fields: "id") {
    id: ID!
    user: User
  }

  type User @key(fields: "id", resolvable: false) {
    id: ID!
  }

  type Query {
    product(id: ID!): Product
    products: [Product!]!
    shopper(id: ID!): Shopper!
  }
`)

interface WithId {
  readonly id: string
}

/** @returns the subgraph's address */
export async function startShopSubgraph({ products, port }: { products: readonly Product[]; port: number }) {
  const byId = new Map(products.map((product) => [product.id, product]))
  const productOf = ({ id }: WithId) => byId.get(id) ?? null
  const sameId = ({ id }: WithId) => ({ id })
  const resolvers = {
    Product: { __resolveReference: productOf, item: sameId },
    Item: { __resolveReference: sameId, product: productOf },
    Shopper: { __resolveReference: sameId, user: sameId },
    Query: {
      product: (_: unknown, which: WithId) => productOf(which),
      products: () => products,
      shopper: (_: unknown, { id }: WithId) => ({ id }),
    },
  }
  const server = new ApolloServer({
    schema: buildSubgraphSchema({ typeDefs, resolvers }),
    plugins: [ApolloServerPluginInlineTraceDisabled()],
  })
  const { url } = await startStandaloneServer(server, { listen: { host: '127.0.0.1', port } })
  return { url, stop: () => server.stop() }
}
