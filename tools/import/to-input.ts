import { detailsOf, type EventDetails } from '../../engine/types.ts'
import { messageOf } from '../../schema/app-error.ts'
import { currencyCodes, currencyRule } from '../../schema/currency.ts'
import { type EventType, mayHave } from '../../schema/records/interaction.ts'
import { type AttributeInput, attributesOf } from './attributes.ts'
import type { Column, EventColumns, EventField, ItemColumns } from './columns.ts'
import { OptionNeededError } from './file-error.ts'
import { type IdOptions, isNothing, parseId } from './parse-id.ts'
import { currencyOf, type NumberOptions, parseAmount, parseNumber } from './parse-number.ts'
import { parseTime, type TimeOptions } from './parse-time.ts'
import type { Cells } from './rows.ts'
import { type EventTypeWords, parseAvailability, toType } from './words.ts'

/** An event as mutation recordEvents accepts it. */
export interface EventInput {
  readonly eventId: string
  readonly userId: string
  readonly itemId: string
  readonly type: EventType
  readonly value?: number
  readonly quantity?: number
  readonly timestamp?: string
  readonly recommendationId?: string
  readonly position?: number
  readonly portion?: number
  readonly seconds?: number
  readonly unitPrice?: number
  readonly currency?: string
}

/** An item as mutation putItems accepts it. */
export interface ItemInput {
  readonly id: string
  readonly title: string
  readonly description?: string
  readonly categories: readonly string[]
  readonly tags: readonly string[]
  readonly price?: number
  readonly imageUrl?: string
  readonly available?: boolean
  readonly publishedAt?: string
  readonly availableFrom?: string
  readonly availableUntil?: string
  readonly groupId?: string
  readonly attributes?: readonly AttributeInput[]
}

/** How ambiguous values are read. */
export interface ValueOptions extends IdOptions, NumberOptions, TimeOptions {
  /** Type of all events. Default: that of the type column. */
  readonly type?: EventType
  /** Event types of further words in the type column. Default: the known words only. */
  readonly types?: EventTypeWords
  /** Whether events without a time get that of the import. Default: they are refused. */
  readonly now?: boolean
  /** Whether events with a negative quantity are REFUNDs. Default: they are refused. */
  readonly returns?: boolean
  /** Best rating of the scale; ratings are rescaled to 0 to 5. Default: 5. */
  readonly starsMax?: number
  /** User ids that mean "no user"; their events are refused. Default: none. */
  readonly anonymous?: ReadonlySet<string>
  /** Separator of several categories in one cell, beside `|`. Default: none. */
  readonly separator?: RegExp
  /** Called for every event with a quantity of 0, which counts as 1. */
  readonly onZeroQuantity?: () => void
  /** Called with the text of every price. A throw refuses the row. */
  readonly currency?: (price: string) => void
}

const starsMax = 5

/**
 * Converts a row to an event.
 * @param eventId id of the event where the row has none
 * @param strings columns whose text is used unchanged
 * @throws Error naming the field, the rule and the value received
 */
export function toEventInput(
  cells: Cells,
  columns: EventColumns,
  eventId: string,
  options: ValueOptions = {},
  strings: ReadonlySet<string> = new Set(),
): EventInput {
  const text = (field: EventField) => textOf(cells, columns[field])
  const id = (field: EventField) => {
    const column = columnOf(cells, columns[field])
    return named(field, () => parseId(text(field), column !== undefined && strings.has(column), options))
  }
  const optionalId = (field: EventField) => (isNothing(text(field)) ? undefined : id(field))
  const type = options.type ?? toType(text('type'), options.types)
  const quantity = isNothing(text('quantity')) ? 1 : named('quantity', () => toQuantity(text('quantity'), options))
  const userId = id('user')
  if (options.anonymous?.has(userId)) throw new Error(`user: expected a user, got "${userId}", which --anonymous names`)
  const timestamp = toEventTime(text('timestamp'), options)
  const recommendationId = optionalId('recommendationId')
  const counted = quantity < 0 ? 'REFUND' : type
  return {
    eventId: optionalId('eventId') ?? eventId,
    userId,
    itemId: id('item'),
    type: counted,
    ...(type === 'RATING' && { value: named('value', () => toStars(text('value'), options)) }),
    ...(Math.abs(quantity) !== 1 && { quantity: Math.abs(quantity) }),
    ...(timestamp && { timestamp }),
    ...(recommendationId && { recommendationId }),
    ...detailsFrom(counted, text, options),
  }
}

/** The details that the event's type may have; columns for other types are ignored. */
function detailsFrom(type: EventType, text: (field: EventField) => string, options: ValueOptions): EventDetails {
  const read = (field: EventField & keyof EventDetails, parse: (text: string) => number) => {
    const mayHaveIt = field === 'position' || mayHave(field, type)
    return mayHaveIt && !isNothing(text(field)) ? named(field, () => parse(text(field))) : undefined
  }
  const unitPrice = read('unitPrice', (amount) => parseAmount(amount, options))
  return detailsOf({
    position: read('position', (position) => parseNumber(position, options)),
    portion: read('portion', (portion) => toPortion(portion, options)),
    seconds: read('seconds', (seconds) => parseNumber(seconds, options)),
    unitPrice,
    ...(unitPrice !== undefined && currencyFrom(text)),
  })
}

/** The currency of the column, or of the code in the price. A sign such as $ does not tell the currency. */
function currencyFrom(text: (field: EventField) => string): { readonly currency?: string } {
  const given = isNothing(text('currency')) ? undefined : text('currency').toUpperCase()
  const inPrice = currencyOf(text('unitPrice'))
  const code = given ?? (/^[A-Z]/.test(inPrice ?? '') ? inPrice : undefined)
  if (code === undefined) return {}
  if (!currencyCodes.has(code)) {
    const advice = given === undefined ? '' : '; --map currency= ignores the column'
    throw new Error(
      `currency: expected ${currencyRule}, got "${given === undefined ? code : text('currency')}"${advice}`,
    )
  }
  return { currency: code }
}

/** 0.42 or 42%. */
const toPortion = (text: string, options: ValueOptions): number =>
  text.endsWith('%') ? parseNumber(text.slice(0, -1).trim(), options) / 100 : parseNumber(text, options)

/** Converts a row to an item. @throws Error naming the field, the rule and the value received */
export function toItemInput(
  cells: Cells,
  columns: ItemColumns,
  options: ValueOptions = {},
  strings: ReadonlySet<string> = new Set(),
): ItemInput {
  const text = (column: Column | undefined) => {
    const found = textOf(cells, column)
    return column !== undefined && !strings.has(column) && isNothing(found) ? '' : found
  }
  const idColumn = columnOf(cells, columns.id)
  const id = named('id', () =>
    parseId(textOf(cells, columns.id), idColumn !== undefined && strings.has(idColumn), options),
  )
  const [description, imageUrl] = [textOf(cells, columns.description), text(columns.imageUrl)]
  const [price, publishedAt] = [text(columns.price), text(columns.publishedAt)]
  const groupId = text(columns.groupId)
  const attributes = attributesOf(cells, columns.attributes ?? [], options)
  const words = columns.available.map(text).filter((word) => word !== '')
  const published = isNoDate(publishedAt)
    ? undefined
    : named('publishedAt', () => parseTime(publishedAt, options, true))
  return {
    id,
    title: textOf(cells, columns.title) || id,
    ...(description && { description }),
    categories: labels(columns.categories, text, options.separator),
    tags: labels(columns.tags, text, options.separator),
    ...(price && { price: named('price', () => toPrice(price, options)) }),
    ...(imageUrl && { imageUrl: firstUrl(imageUrl) }),
    ...(words.length > 0 && { available: named('available', () => words.map(parseAvailability).every(Boolean)) }),
    ...(published !== undefined && { publishedAt: new Date(published).toISOString() }),
    ...windowOf(columns, text, options),
    ...(groupId && { groupId }),
    ...(attributes.length > 0 && { attributes }),
  }
}

function windowOf(
  columns: ItemColumns,
  text: (column: Column | undefined) => string,
  options: ValueOptions,
): Pick<ItemInput, 'availableFrom' | 'availableUntil'> {
  const read = (field: 'availableFrom' | 'availableUntil') => {
    const value = text(columns[field])
    return isNoDate(value) ? {} : { [field]: new Date(named(field, () => parseTime(value, options))).toISOString() }
  }
  return { ...read('availableFrom'), ...read('availableUntil') }
}

/** Resolves `a/b` to the first column that has a value. */
function columnOf(cells: Cells, column: Column | undefined): string | undefined {
  if (column === undefined || Object.hasOwn(cells, column) || !column.includes('/')) return column
  const all = column.split('/')
  return all.find((one) => Object.hasOwn(cells, one) && !isNothing(cells[one]!)) ?? all[0]
}

function textOf(cells: Cells, column: Column | undefined): string {
  if (column === undefined) return ''
  const own = (name: string) => (Object.hasOwn(cells, name) ? cells[name]! : '')
  if (Object.hasOwn(cells, column)) return own(column)
  if (column.includes('+')) return column.split('+').map(own).join(' ').trim()
  return own(columnOf(cells, column)!)
}

function named<T>(field: string, read: () => T): T {
  try {
    return read()
  } catch (error) {
    const message = `${field}: ${messageOf(error)}`
    throw error instanceof OptionNeededError ? new OptionNeededError(message) : new Error(message)
  }
}

function toEventTime(text: string, options: ValueOptions): string | undefined {
  if (isNothing(text)) {
    if (options.now) return undefined
    throw new Error('timestamp: expected a time, got nothing; --now uses the time of the import instead')
  }
  const ms = named('timestamp', () => parseTime(text, options))
  if (ms < 0) throw new Error(`timestamp: expected a time since 1970, got "${text}"`)
  return new Date(ms).toISOString()
}

/** Whether the text means "no date": empty, 0 or 0000-00-00, as databases write it. */
const isNoDate = (text: string): boolean => text === '' || /^0+([-/.]0+[-/.]0+([ T]00:00:00)?)?$/.test(text)

/** The distinct labels of the columns: cells are split at `|` and `separator`; those of type token_seq at spaces. */
function labels(columns: readonly string[], text: (column: string) => string, separator?: RegExp): string[] {
  const parts = columns.flatMap((column) => {
    const inner = column.endsWith(':token_seq') ? / / : separator
    return text(column)
      .split('|')
      .flatMap((part) => (inner ? part.split(inner) : part))
  })
  const names = parts.map((part) => part.replaceAll('\\,', ',').trim())
  return [...new Set(names.filter((name) => name !== '' && name !== '(no genres listed)'))]
}

/** Several pictures in one cell are separated by commas. */
const firstUrl = (text: string): string => text.split(/,\s*(?=https?:)/)[0]!

function toPrice(text: string, options: ValueOptions): number {
  options.currency?.(text)
  const price = parseAmount(text, options)
  if (price < 0) throw new Error(`expected a number of at least 0, got "${text}"`)
  return price
}

function toStars(text: string, options: ValueOptions): number {
  const max = options.starsMax ?? starsMax
  const advice =
    options.starsMax === undefined ? '; for another scale set its best rating, for example --stars-max 10' : ''
  const invalid = () => new Error(`expected a number from 0 to ${max}, got "${text}"${advice}`)
  let stars: number
  try {
    stars = parseNumber(text, options)
  } catch (error) {
    throw error instanceof OptionNeededError ? error : invalid()
  }
  if (!(stars >= 0 && stars <= max)) throw invalid()
  return max === starsMax ? stars : (stars * starsMax) / max
}

function toQuantity(text: string, options: ValueOptions): number {
  const quantity = /^-?\d+(\.0+)?$/.test(text) ? Number(text) : Number.NaN
  if (quantity === 0) {
    options.onZeroQuantity?.() // goods sold by weight, and free ones: the event happened
    return 1
  }
  if (quantity < 0 && options.returns) return quantity
  if (quantity < 0)
    throw new Error(`expected at least 1, got "${text}"; --returns imports a negative quantity as a REFUND`)
  if (!(quantity >= 1)) throw new Error(`expected a whole number of at least 1, got "${text}"`)
  return quantity
}
