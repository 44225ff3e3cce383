/** The events export of a tracker, recognized by its columns. */
export interface KnownExport {
  readonly name: string
  /** As in --map. */
  readonly map: Readonly<Record<string, string>>
  /** A column with a list of objects, one event each, such as the products of an order. */
  readonly list?: string
  /** Zone of times without one, where the format defines it. */
  readonly zone?: string
  /** Column and value of rows that are events; other rows are ignored. */
  readonly only?: readonly [column: string, value: string]
  /** Column of the event id. Where a message has several products, each gets a suffix. */
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

/**
 * The known export with these columns; its mapping is reduced to columns in the header. Fields that are not mapped are
 * found by their usual names. undefined: none
 */
export function recognizeTracker(header: readonly string[]): KnownExport | undefined {
  const known = exports.find(({ signs }) => signs.every((sign) => header.includes(sign)))
  if (!known) return undefined
  const reduced = Object.entries(known.map).flatMap(([field, columns]) => {
    const there = columns.split('/').filter((column) => header.includes(column))
    return there.length > 0 ? [[field, there.join('/')] as const] : []
  })
  return { ...known, map: Object.fromEntries(reduced) }
}

/** The columns of Snowplow's enriched event that are read, by index; the export is TSV without a header line. */
const snowplowNamesByIndex: Readonly<Record<number, string>> = {
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

/**
 * Column names of a Snowplow export, recognized by its 131 columns and the UUID in the seventh; undefined: another
 * file.
 */
export function snowplowNames(cells: readonly string[]): string[] | undefined {
  if (cells.length !== snowplowColumns || !uuid.test(cells[6]!)) return undefined
  return cells.map((_, n) => snowplowNamesByIndex[n] ?? `column_${n + 1}`)
}
