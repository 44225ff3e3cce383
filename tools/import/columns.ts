/** What a field's column may be called, in lower case without anything but letters and digits; the first that is there counts. */
const eventNames = {
  user: ['userid', 'user', 'visitorid', 'customerid', 'customer', 'shopperid', 'memberid', 'accountid', 'sessionid'],
  item: ['itemid', 'item', 'productid', 'product', 'sku', 'movieid', 'articleid', 'contentid', 'stockcode', 'asin'],
  type: ['type', 'eventtype', 'event', 'action', 'behavior', 'behaviour'],
  timestamp: ['timestamp', 'time', 'datetime', 'date', 'eventtime', 'createdat', 'occurredat', 'ts', 'invoicedate'],
  value: ['value', 'rating', 'stars', 'score'],
  quantity: ['quantity', 'qty', 'count', 'amount'],
  eventId: ['eventid'],
  recommendationId: ['recommendationid'],
} as const

const itemNames = {
  id: ['itemid', 'id', 'item', 'productid', 'sku', 'movieid', 'articleid', 'stockcode', 'asin'],
  title: ['title', 'name', 'productname', 'label'],
  description: ['description', 'text', 'summary'],
  price: ['price', 'unitprice', 'listprice'],
  imageUrl: ['imageurl', 'image', 'picture', 'thumbnail'],
  available: ['available', 'instock', 'active'],
  publishedAt: ['publishedat', 'releasedat', 'createdat', 'published', 'releasedate', 'timestamp', 'date'],
} as const

/** All of these that are there are taken, in this order. */
const itemLabels = {
  categories: ['categories', 'category', 'genres', 'genre', 'department', 'subcategory'],
  tags: ['tags', 'tag', 'keywords', 'brand', 'manufacturer', 'author'],
} as const

export type EventField = keyof typeof eventNames
export type ItemField = keyof typeof itemNames
export type LabelField = keyof typeof itemLabels

export type EventColumns = Readonly<Partial<Record<EventField, string>>>
export type ItemColumns = Readonly<Partial<Record<ItemField, string>> & Record<LabelField, readonly string[]>>

/** The file as a whole cannot be read this way: a column is missing. */
export class ColumnsError extends Error {
  override readonly name = 'ColumnsError'
}

/** From `--map user=buyer,item=sku`; for categories and tags several columns by `+`. */
export function parseMap(text: string): ReadonlyMap<string, string> {
  return new Map(
    text.split(',').map((pair) => {
      const [field, column, ...rest] = pair.split('=').map((part) => part.trim())
      if (!field || !column || rest.length > 0) throw new Error(`--map: expected field=column, got "${pair}"`)
      return [field, column]
    }),
  )
}

/** @throws ColumnsError when a needed column is not there */
export function eventColumns(
  header: readonly string[],
  given: ReadonlyMap<string, string>,
  typeGiven: boolean,
): EventColumns {
  checkFields(given, Object.keys(eventNames), header)
  const columns: EventColumns = Object.fromEntries(fieldsOf(eventNames, header, given))
  const needed: EventField[] = typeGiven ? ['user', 'item'] : ['user', 'item', 'type']
  checkNeeded(needed, columns, header, eventNames, '; where all events are of one type, say --type PURCHASE')
  return columns
}

/** @throws ColumnsError when a needed column is not there */
export function itemColumns(header: readonly string[], given: ReadonlyMap<string, string>): ItemColumns {
  checkFields(given, [...Object.keys(itemNames), ...Object.keys(itemLabels)], header)
  const plain = Object.fromEntries(fieldsOf(itemNames, header, given)) as Partial<Record<ItemField, string>>
  checkNeeded(['id'], plain, header, itemNames)
  const labels = (field: LabelField): string[] =>
    given.get(field)?.split('+') ??
    itemLabels[field].flatMap((name) => header.filter((column) => normal(column) === name))
  return { ...plain, categories: labels('categories'), tags: labels('tags') }
}

const normal = (column: string): string => column.toLowerCase().replace(/[^a-z0-9]/g, '')

function fieldsOf(
  names: Readonly<Record<string, readonly string[]>>,
  header: readonly string[],
  given: ReadonlyMap<string, string>,
): [string, string][] {
  return Object.entries(names).flatMap(([field, known]) => {
    const column = given.get(field) ?? known.flatMap((name) => header.filter((one) => normal(one) === name))[0]
    return column === undefined ? [] : [[field, column] as [string, string]]
  })
}

function checkFields(given: ReadonlyMap<string, string>, fields: readonly string[], header: readonly string[]): void {
  for (const [field, text] of given) {
    if (!fields.includes(field))
      throw new ColumnsError(`--map: no such field "${field}"; there are ${fields.join(', ')}`)
    for (const column of text.split('+')) {
      if (!header.includes(column)) {
        throw new ColumnsError(`--map: no column "${column}" for ${field}; the file has ${header.join(', ')}`)
      }
    }
  }
}

function checkNeeded(
  needed: readonly string[],
  columns: Readonly<Record<string, string | undefined>>,
  header: readonly string[],
  names: Readonly<Record<string, readonly string[]>>,
  advice = '',
): void {
  const missing = needed.filter((field) => columns[field] === undefined)
  if (missing.length === 0) return
  const known = missing.map((field) => `${field} (known names: ${names[field].join(', ')})`)
  throw new ColumnsError(
    `no column for ${known.join(' and ')}; the file has ${header.join(', ')}. Name it by --map ${missing[0]}=COLUMN${missing[0] === 'type' ? advice : ''}`,
  )
}
