/** The export of a tracker or shop that is recognized by its columns. */
export interface KnownExport {
  readonly name: string
  /** As --map takes it. */
  readonly map: Readonly<Record<string, string>>
  /** A column of objects, one event each: the products of an order. */
  readonly list?: string
  /** Zone of times that say none, where the format fixes it. */
  readonly zone?: string
  /** Column and value that rows about events have; others are passed over. */
  readonly only?: readonly [column: string, value: string]
  /** Column of the sender's event id. With several products in a message, each gets its own. */
  readonly idColumn?: string
}

const ga4 = {
  user: 'user_id/user_pseudo_id',
  item: 'item_id/items.item_id',
  type: 'event_name',
  timestamp: 'event_timestamp',
  quantity: 'quantity/items.quantity',
}
const segment = {
  user: 'userId/anonymousId',
  item: 'properties.product_id/properties.products.product_id/properties.sku',
  type: 'event',
  timestamp: 'timestamp/originalTimestamp',
  quantity: 'properties.quantity/properties.products.quantity',
  eventId: 'messageId',
}
const snowplow = {
  user: 'user_id/domain_userid',
  type: 'event',
  timestamp: 'derived_tstamp/dvce_created_tstamp/collector_tstamp',
  eventId: 'event_id',
}

const exports: readonly (KnownExport & { readonly signs: readonly string[] })[] = [
  { name: 'Google Analytics 4', signs: ['event_name', 'event_timestamp', 'user_pseudo_id'], map: ga4, list: 'items' },
  {
    name: 'Segment',
    signs: ['messageId', 'anonymousId', 'type'],
    map: segment,
    list: 'properties.products',
    only: ['type', 'track'],
    idColumn: 'messageId',
  },
  {
    name: 'Snowplow enriched events',
    signs: ['event_id', 'collector_tstamp', 'domain_userid'],
    map: snowplow,
    zone: 'UTC',
  },
]

/** The mapping is reduced to columns that are there; a field without one is left to the usual names. */
export function recognizeTracker(header: readonly string[]): KnownExport | undefined {
  const known = exports.find(({ signs }) => signs.every((sign) => header.includes(sign)))
  if (!known) return undefined
  const reduced = Object.entries(known.map).flatMap(([field, columns]) => {
    const there = columns.split('/').filter((column) => header.includes(column))
    return there.length > 0 ? [[field, there.join('/')] as const] : []
  })
  return { ...known, map: Object.fromEntries(reduced) }
}

/** Fields of Snowplow's enriched event that matter here, by their place; the export is TSV without a line of names. */
const snowplowPlaces: Readonly<Record<number, string>> = {
  0: 'app_id',
  1: 'platform',
  2: 'etl_tstamp',
  3: 'collector_tstamp',
  4: 'dvce_created_tstamp',
  5: 'event',
  6: 'event_id',
  12: 'user_id',
  15: 'domain_userid',
  17: 'network_userid',
  29: 'page_url',
  30: 'page_title',
  35: 'page_urlpath',
  52: 'contexts',
  53: 'se_category',
  54: 'se_action',
  55: 'se_label',
  56: 'se_property',
  57: 'se_value',
  58: 'unstruct_event',
}
const snowplowColumns = 131
const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

/** Names for the columns of a Snowplow export, recognized by its 131 columns and the UUID of the event in the seventh. */
export function snowplowNames(cells: readonly string[]): string[] | undefined {
  if (cells.length !== snowplowColumns || !uuid.test(cells[6]!)) return undefined
  return cells.map((_, n) => snowplowPlaces[n] ?? `column_${n + 1}`)
}
