import { FileError } from './file-error.ts'
import { recognizeCatalog } from './shops.ts'
import { recognizeTracker } from './trackers.ts'

/**
 * Usual names of the column of each field, as lower-case letters and digits only; the first one in the file is used.
 */
const eventNames = {
  user: ['userid', 'user', 'visitorid', 'customerid', 'customer', 'shopperid', 'memberid', 'accountid', 'sessionid'],
  item: ['itemid', 'item', 'productid', 'product', 'sku', 'movieid', 'articleid', 'contentid', 'stockcode', 'asin'],
  type: ['type', 'eventtype', 'event', 'action', 'behavior', 'behaviour'],
  timestamp: ['timestamp', 'time', 'datetime', 'date', 'eventtime', 'createdat', 'occurredat', 'ts', 'invoicedate'],
  value: ['value', 'rating', 'stars', 'score'],
  quantity: ['quantity', 'qty', 'count'],
  eventId: ['eventid'],
  recommendationId: ['recommendationid'],
  position: ['position'],
  portion: ['portion'],
  seconds: ['seconds', 'durationseconds'],
  unitPrice: ['unitprice'],
  currency: ['currency', 'currencycode'],
} as const

const itemNames = {
  id: ['itemid', 'id', 'item', 'productid', 'sku', 'movieid', 'articleid', 'stockcode', 'asin'],
  title: ['title', 'name', 'productname', 'label'],
  description: ['description', 'text', 'summary'],
  price: ['price', 'unitprice', 'listprice', 'regularprice', 'variantprice'],
  imageUrl: ['imageurl', 'image', 'picture', 'thumbnail', 'imagelink', 'imagesrc'],
  groupId: ['groupid', 'itemgroupid'],
  availableFrom: ['availablefrom'],
  availableUntil: ['availableuntil', 'expirationdate'],
  publishedAt: ['publishedat', 'releasedat', 'createdat', 'published', 'releasedate', 'timestamp', 'date'],
} as const

/** Fields that take every matching column, in this order. */
const itemLists = {
  categories: ['categories', 'category', 'genres', 'genre', 'department', 'subcategory', 'producttype'],
  tags: ['tags', 'tag', 'keywords', 'brand', 'manufacturer', 'author'],
  available: ['available', 'instock', 'active', 'availability', 'isavailable'],
} as const

/** The option that names the columns of events, and of items. */
type MapFlag = '--map' | '--items-map'

export type EventField = keyof typeof eventNames
export type ItemField = keyof typeof itemNames
export type ListField = keyof typeof itemLists

/** A column; `a/b`: the first of several that has a value; `a+b`: several joined by a space. */
export type Column = string
export type EventColumns = Readonly<Partial<Record<EventField, Column>>>
/** A column whose values become attributes of the items. */
export interface AttributeColumn {
  readonly column: string
  readonly name: string
  readonly type: 'text' | 'number' | 'flag'
}

export type ItemColumns = Readonly<Partial<Record<ItemField, Column>> & Record<ListField, readonly string[]>> & {
  readonly attributes?: readonly AttributeColumn[]
}

/** A required column is missing or ambiguous, so that the whole file cannot be read. */
export class ColumnsError extends FileError {
  override readonly name = 'ColumnsError'
}

/** Parses `--map user=buyer,item=sku`. `field=` means that no column has the field, whatever its name. */
export function parseMap(text: string | undefined, flag: MapFlag = '--map'): ReadonlyMap<string, string> {
  if (text === undefined || text === '') return new Map()
  return new Map(
    text.split(',').map((pair) => {
      const at = pair.indexOf('=')
      const field = pair.slice(0, at).trim()
      if (at < 1 || field === '') throw new Error(`${flag}: expected field=column, got "${pair}"`)
      return [field, pair.slice(at + 1).trim()]
    }),
  )
}

/** Whether the header has at least one usual name. */
export const hasKnownName = (header: readonly string[]): boolean => {
  const known = new Set<string>([eventNames, itemNames, itemLists].flatMap((names) => Object.values(names).flat()))
  return header.some((column) => known.has(normal(column)))
}

/**
 * Maps the columns of an events file: by --map, else by the format of a known tracker, else by usual names.
 * @throws ColumnsError where a required column is missing or two columns match a field
 */
export function eventColumns(
  header: readonly string[],
  given: ReadonlyMap<string, string>,
  { type: typeGiven, now }: { readonly type: boolean; readonly now: boolean },
): EventColumns {
  checkFields(given, Object.keys(eventNames), header, '--map')
  const tracker = recognizeTracker(header)
  const columns: EventColumns = Object.fromEntries(fieldsOf(eventNames, header, given, '--map', tracker?.map))
  if (columns.type !== undefined && typeGiven) delete (columns as { type?: string }).type
  const needed: EventField[] = typeGiven ? ['user', 'item'] : ['user', 'item', 'type']
  const rating = columns.value === undefined ? 'PURCHASE' : 'RATING'
  const advice = tracker?.name.startsWith('Snowplow')
    ? `; a Snowplow event names its item in its URL or contexts, for example --map item=page_url`
    : `; where all events are of one type, set --type ${rating}`
  checkNeeded(needed, columns, { header, names: eventNames, flag: '--map', advice })
  const withoutTime = '; where events have no time, set --now: their time is that of the import'
  if (!now) checkNeeded(['timestamp'], columns, { header, names: eventNames, flag: '--map', advice: withoutTime })
  return columns
}

/**
 * Maps the columns of a catalog in the same way.
 * @throws ColumnsError where a required column is missing or ambiguous
 */
export function itemColumns(header: readonly string[], given: ReadonlyMap<string, string>): ItemColumns {
  checkFields(given, [...Object.keys(itemNames), ...Object.keys(itemLists)], header, '--items-map')
  const catalog = recognizeCatalog(header)
  const plain: Partial<Record<ItemField, Column>> = Object.fromEntries(
    fieldsOf(itemNames, header, given, '--items-map', catalog?.map),
  )
  checkNeeded(['id'], plain, { header, names: itemNames, flag: '--items-map' })
  const several = (field: ListField): string[] => {
    const text = given.get(field) ?? catalog?.map[field]
    if (text !== undefined) return text === '' ? [] : text.split('+')
    return catalog ? [] : itemLists[field].flatMap((name) => header.filter((column) => normal(column) === name))
  }
  return { ...plain, categories: several('categories'), tags: several('tags'), available: several('available') }
}

/** A name without the type of typed headers (`user_id:token`, `rating:float`) and the number of a repeated name. */
const normal = (column: string): string =>
  column
    .replace(/#\d+$/, '')
    .replace(/:[A-Za-z_]+(\[\])?$/, '')
    .toLowerCase()
    .replace(/[^a-z0-9]/g, '')

function fieldsOf(
  names: Readonly<Record<string, readonly string[]>>,
  header: readonly string[],
  given: ReadonlyMap<string, string>,
  flag: MapFlag,
  known: Readonly<Record<string, string>> = {},
): [string, string][] {
  return Object.entries(names).flatMap(([field, usual]) => {
    const mapped = given.get(field) ?? known[field]
    const found = usual.flatMap((name) => {
      const same = header.filter((one) => normal(one) === name)
      return same.length === 0 ? [] : [same]
    })[0]
    if (mapped === undefined && found && found.length > 1) {
      throw new ColumnsError(
        `${found.length} columns may be ${field}: ${found.join(', ')}; choose one, for example ${flag} ${field}=${found[0]}`,
      )
    }
    const column = mapped ?? found?.[0]
    return column === undefined || column === '' ? [] : [[field, column] as [string, string]]
  })
}

function checkFields(
  given: ReadonlyMap<string, string>,
  fields: readonly string[],
  header: readonly string[],
  flag: MapFlag,
): void {
  for (const [field, text] of given) {
    if (!fields.includes(field))
      throw new ColumnsError(`${flag}: no such field "${field}"; there are ${fields.join(', ')}`)
    if (text === '' || header.includes(text)) continue
    for (const column of text.split(/[+/]/)) {
      if (!header.includes(column)) {
        throw new ColumnsError(`${flag}: no column "${column}" for ${field}; the file has ${listed(header)}`)
      }
    }
  }
}

const listedMax = 40
const listed = (header: readonly string[]): string =>
  header.length <= listedMax
    ? header.join(', ')
    : `${header.slice(0, listedMax).join(', ')} and ${header.length - listedMax} more`

/** Texts about a column that was not recognized. */
interface Naming {
  readonly header: readonly string[]
  readonly names: Readonly<Record<string, readonly string[]>>
  readonly flag: MapFlag
  /** Further advice, after the option. */
  readonly advice?: string
}

function checkNeeded(
  needed: readonly string[],
  columns: Readonly<Record<string, string | undefined>>,
  { header, names, flag, advice = '' }: Naming,
): void {
  const missing = needed.filter((field) => columns[field] === undefined)
  if (missing.length === 0) return
  const known = missing.map((field) => `${field} (known names: ${names[field]!.join(', ')})`)
  const helps = missing.includes('type') || missing.includes('timestamp') || advice.includes('Snowplow') ? advice : ''
  const option = `${flag} ${missing.map((field) => `${field}=COLUMN`).join(',')}`
  throw new ColumnsError(
    `no column for ${known.join(' and ')}; the file has ${listed(header)}. Name it by ${option}${helps}`,
  )
}
