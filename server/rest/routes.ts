export type RestMethod = 'GET' | 'POST' | 'PUT' | 'DELETE'

/**
 * One REST route for a field of the GraphQL schema. Everything else follows from the schema: the parameters with their
 * types, defaults and descriptions, the shape of the answer, the access rules and the cost. Arguments come from the
 * path where it names them; else GET and DELETE read them from the query string, POST and PUT from a JSON object.
 */
export interface RestRoute {
  readonly method: RestMethod
  /** Path template as in OpenAPI, parameters in braces. */
  readonly path: `/v1/${string}`
  /** operationId: the name of the method in generated clients. */
  readonly name: string
  readonly kind: 'query' | 'mutation'
  readonly field: string
  readonly tag: 'Events' | 'Items' | 'Lists' | 'Users'
  readonly summary: string
  /** Arguments by path parameter, where their names differ. */
  readonly rename?: Readonly<Record<string, string>>
  /** Property of the answer that has the list, where the field is a list. */
  readonly as?: string
}

const query = (route: Omit<RestRoute, 'kind'>): RestRoute => ({ ...route, kind: 'query' })
const mutation = (route: Omit<RestRoute, 'kind'>): RestRoute => ({ ...route, kind: 'mutation' })

/** Lists have a GET route, and a POST route for filters and excluded ids that do not fit into a URL. */
const list = (route: Omit<RestRoute, 'kind' | 'method' | 'tag'>): RestRoute[] => [
  query({ ...route, method: 'GET', tag: 'Lists' }),
  query({
    ...route,
    method: 'POST',
    tag: 'Lists',
    name: `${route.name}ByPost`,
    summary: `${route.summary}, with every kind of filter`,
  }),
]

export const routes: readonly RestRoute[] = [
  mutation({
    method: 'POST',
    path: '/v1/events',
    name: 'recordEvents',
    field: 'recordEvents',
    tag: 'Events',
    summary: 'Record what visitors did',
  }),
  mutation({
    method: 'POST',
    path: '/v1/users/{userId}/impressions',
    name: 'recordImpressions',
    field: 'recordImpressions',
    tag: 'Events',
    summary: 'Record which items of a list came into view',
  }),
  mutation({
    method: 'POST',
    path: '/v1/users/{userId}/events/undo',
    name: 'undoEvents',
    field: 'undoEvents',
    tag: 'Events',
    summary: 'Undo events',
  }),
  mutation({
    method: 'PUT',
    path: '/v1/items',
    name: 'putItems',
    field: 'putItems',
    tag: 'Items',
    summary: 'Create or replace items',
  }),
  mutation({
    method: 'POST',
    path: '/v1/items/remove',
    name: 'removeItems',
    field: 'removeItems',
    tag: 'Items',
    summary: 'Remove many items',
  }),
  mutation({
    method: 'DELETE',
    path: '/v1/items/{id}',
    name: 'removeItem',
    field: 'removeItems',
    tag: 'Items',
    summary: 'Remove an item',
    rename: { id: 'ids' },
  }),
  query({
    method: 'GET',
    path: '/v1/items/{id}',
    name: 'getItem',
    field: 'item',
    tag: 'Items',
    summary: 'Read an item',
  }),
  query({
    method: 'GET',
    path: '/v1/items',
    name: 'getItems',
    field: 'items',
    tag: 'Items',
    summary: 'Read many items, null where an id is unknown',
    as: 'items',
  }),
  query({
    method: 'GET',
    path: '/v1/catalog',
    name: 'searchCatalog',
    field: 'catalog',
    tag: 'Items',
    summary: 'Search and browse the catalog',
  }),
  ...list({
    path: '/v1/users/{userId}/recommendations',
    name: 'getRecommendations',
    field: 'recommendations',
    summary: 'The list of a user',
  }),
  query({
    method: 'POST',
    path: '/v1/session-recommendations',
    name: 'getSessionRecommendations',
    field: 'sessionRecommendations',
    tag: 'Lists',
    summary: 'A list for the events of a session or the items of a basket',
  }),
  ...list({
    path: '/v1/items/{itemId}/similar',
    name: 'getSimilarItems',
    field: 'similarItems',
    summary: 'Items similar to an item',
    as: 'picks',
  }),
  ...list({
    path: '/v1/together',
    name: 'getBoughtTogether',
    field: 'boughtTogether',
    summary: 'Items bought together with the given items',
    as: 'picks',
  }),
  ...list({
    path: '/v1/trending',
    name: 'getTrending',
    field: 'trending',
    summary: 'Trending items',
    as: 'picks',
  }),
  query({
    method: 'POST',
    path: '/v1/users/{userId}/rank',
    name: 'rankItems',
    field: 'rank',
    tag: 'Lists',
    summary: 'Rank the given items for a user',
    as: 'picks',
  }),
  ...list({
    path: '/v1/users/{userId}/home',
    name: 'getHome',
    field: 'home',
    summary: 'Rows for a start page',
  }),
  mutation({
    method: 'POST',
    path: '/v1/users/{userId}/identify',
    name: 'identify',
    field: 'identify',
    tag: 'Users',
    summary: 'Move the events of a guest to a user',
  }),
  mutation({
    method: 'DELETE',
    path: '/v1/users/{userId}',
    name: 'forgetUser',
    field: 'forgetUser',
    tag: 'Users',
    summary: 'Erase a user',
  }),
]
