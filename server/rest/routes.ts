export type RestMethod = 'GET' | 'POST' | 'PUT' | 'DELETE'

/**
 * One REST route: a field of the GraphQL schema under an address of its own. Everything else follows from the schema: the arguments, their types,
 * defaults and descriptions, the shape of the answer, the access rules and the cost. An argument that stands in the path comes from there; GET and
 * DELETE take the others from the query string, POST and PUT from a JSON object.
 */
export interface RestRoute {
  readonly method: RestMethod
  /** As OpenAPI writes it, parameters in braces. */
  readonly path: `/v1/${string}`
  /** The operationId: the name of the method in generated clients. */
  readonly name: string
  readonly kind: 'query' | 'mutation'
  readonly field: string
  readonly tag: 'Events' | 'Items' | 'Lists' | 'Users'
  readonly summary: string
  /** Path parameters by name that are not named as the argument they are. */
  readonly rename?: Readonly<Record<string, string>>
  /** The property that holds the answer, where the field is a list. */
  readonly as?: string
}

const query = (route: Omit<RestRoute, 'kind'>): RestRoute => ({ ...route, kind: 'query' })
const mutation = (route: Omit<RestRoute, 'kind'>): RestRoute => ({ ...route, kind: 'mutation' })

/** A list can be asked for by GET, and by POST where the filter or the excluded ids do not fit into an address. */
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
    summary: 'Take events back',
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
    summary: 'A list for a click trail or a basket',
  }),
  ...list({
    path: '/v1/items/{itemId}/similar',
    name: 'getSimilarItems',
    field: 'similarItems',
    summary: 'Items like one item',
    as: 'picks',
  }),
  ...list({
    path: '/v1/together',
    name: 'getBoughtTogether',
    field: 'boughtTogether',
    summary: 'What is bought with some items',
    as: 'picks',
  }),
  ...list({
    path: '/v1/trending',
    name: 'getTrending',
    field: 'trending',
    summary: 'What trends',
    as: 'picks',
  }),
  query({
    method: 'POST',
    path: '/v1/users/{userId}/rank',
    name: 'rankItems',
    field: 'rank',
    tag: 'Lists',
    summary: 'Given items in the order of a user',
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
    summary: 'Give what a guest did to a user',
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
