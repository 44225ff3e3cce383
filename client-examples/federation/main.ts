// npx tsx client-examples/federation/main.ts [PICKSTREAM_URL]
// Two subgraphs and a gateway in front of a running Pickstream, until Ctrl-C.
import { startGateway } from './gateway.ts'
import { type Product, startShopSubgraph } from './shop-subgraph.ts'

const [pickstreamUrl = 'http://127.0.0.1:4000/graphql'] = process.argv.slice(2)

const shop = await startShopSubgraph({ products: await someGoods(), port: 4101 })
const gateway = await startGateway({
  subgraphs: [
    { name: 'shop', url: shop.url },
    { name: 'pickstream', url: pickstreamUrl },
  ],
  port: 4100,
})
console.log(`The gateway is at ${gateway.url}. An example:

  { shopper(id: "ann") { user { recommendations(first: 3) { picks { item { product { title inStock } } } } } } }
`)

/**
 * The shop's own products. Here they are read from Pickstream's catalog, page by page, so that both have the same
 * ids.
 */
async function someGoods(): Promise<Product[]> {
  const goods: Product[] = []
  for (let after: string | null = null, more = true; more; ) {
    const { edges, pageInfo } = await catalogPage(after)
    for (const { id, title, price, available } of edges.map(({ node }) => node)) {
      goods.push({ id, title, price: price ?? 0, inStock: available })
    }
    after = pageInfo.endCursor
    more = pageInfo.hasNextPage
  }
  return goods
}

interface CatalogPage {
  readonly edges: readonly { node: { id: string; title: string; price: number | null; available: boolean } }[]
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null }
}

async function catalogPage(after: string | null): Promise<CatalogPage> {
  const query = `query($after: String) { catalog(first: 100, after: $after) {
    edges { node { id title price available } } pageInfo { hasNextPage endCursor } } }`
  const response = await fetch(pickstreamUrl, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query, variables: { after } }),
  })
  return ((await response.json()) as { data: { catalog: CatalogPage } }).data.catalog
}
