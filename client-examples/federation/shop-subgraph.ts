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

/** A subgraph as every shop has one. It knows nothing of recommendations. */
const typeDefs = parse(/* GraphQL */ `
  extend schema @link(url: "https://specs.apollo.dev/federation/v2.7", import: ["@key"])

  type Product @key(fields: "id") {
    id: ID!
    title: String!
    price: Float!
    inStock: Boolean!
  }

  type Shopper @key(fields: "id") {
    id: ID!
  }

  type Query {
    product(id: ID!): Product
    products: [Product!]!
    shopper(id: ID!): Shopper!
  }
`)

/** @returns the subgraph's address */
export async function startShopSubgraph({ products, port }: { products: readonly Product[]; port: number }) {
  const byId = new Map(products.map((product) => [product.id, product]))
  const productOf = ({ id }: { id: string }) => byId.get(id) ?? null
  const resolvers = {
    Product: { __resolveReference: productOf },
    Query: {
      product: (_: unknown, which: { id: string }) => productOf(which),
      products: () => products,
      shopper: (_: unknown, { id }: { id: string }) => ({ id }),
    },
  }
  const server = new ApolloServer({
    schema: buildSubgraphSchema({ typeDefs, resolvers }),
    plugins: [ApolloServerPluginInlineTraceDisabled()],
  })
  const { url } = await startStandaloneServer(server, { listen: { host: '127.0.0.1', port } })
  return { url, stop: () => server.stop() }
}
