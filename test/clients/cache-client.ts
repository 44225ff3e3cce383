/** A list as the test's documents ask for it. */
export interface CachedList {
  readonly id: string
  readonly picks: readonly { readonly rank: number; readonly item: { readonly id: string } }[]
}

/** Two lists of one user, as one page shows them. */
export interface CachedPage {
  readonly forYou: CachedList
  readonly camping: CachedList
}

/** A GraphQL client with a normalized cache, with the documents of `documents`. */
export interface CacheClient {
  /** Asks the server; the answer goes through the cache. */
  load(): Promise<CachedPage>
  /** What the cache has, without asking the server. */
  read(): CachedPage
  /** Subscribes to the camping list; what comes goes into the cache. */
  watch(onList: (list: CachedList) => void): void
  close(): Promise<void>
}

const fields = '{ id picks { rank item { id } } }'
const camping = 'userId: "ann", first: 2, filter: { categories: ["Camping"] }'

export const documents = {
  page: `query CachePage { forYou: recommendations(userId: "ann", first: 2) ${fields} camping: recommendations(${camping}) ${fields} }`,
  watch: `subscription CacheWatch { recommendationsUpdated(${camping}) ${fields} }`,
  catalog: `query CacheCatalog($first: Int!, $after: String) {
    catalog(first: $first, after: $after) @connection(key: "Cache_catalog") { edges { node { id title } } }
  }`,
}
