import { type EventType, eventTypes } from '../../schema/records/interaction.ts'
import type { EventColumns, ItemColumns } from './columns.ts'

type Cells = Readonly<Record<string, string>>

/** As mutation recordEvents takes it. */
export interface EventInput {
  readonly eventId: string
  readonly userId: string
  readonly itemId: string
  readonly type: EventType
  readonly value?: number
  readonly quantity?: number
  readonly timestamp?: string
  readonly recommendationId?: string
}

/** As mutation putItems takes it. */
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
}

/** What else the types are called in other systems' exports. */
const synonyms: Readonly<Record<string, EventType>> = {
  PAGEVIEW: 'VIEW',
  PV: 'VIEW',
  DETAIL: 'VIEW',
  WATCH: 'VIEW',
  RATE: 'RATING',
  ADDTOCART: 'CART',
  ADD: 'CART',
  BASKET: 'CART',
  REMOVEFROMCART: 'UNCART',
  REMOVE: 'UNCART',
  BUY: 'PURCHASE',
  ORDER: 'PURCHASE',
  TRANSACTION: 'PURCHASE',
  RETURN: 'REFUND',
  FAV: 'LIKE',
  FAVORITE: 'LIKE',
  FAVOURITE: 'LIKE',
}

/** @throws Error naming the field, the rule and the value received */
export function toEventInput(cells: Cells, columns: EventColumns, eventId: string, fallback?: EventType): EventInput {
  const text = (field: keyof EventColumns): string =>
    columns[field] === undefined ? '' : (cells[columns[field]] ?? '')
  const type = text('type') === '' && fallback ? fallback : toType(text('type'))
  const quantity = text('quantity') === '' ? 1 : toQuantity(text('quantity'))
  return {
    eventId: text('eventId') || eventId,
    userId: required('user', text('user')),
    itemId: required('item', text('item')),
    type,
    ...(type === 'RATING' && { value: toNumber('value', text('value'), 0, 5) }),
    ...(quantity !== 1 && { quantity }),
    ...(text('timestamp') && { timestamp: toTimestamp('timestamp', text('timestamp')) }),
    ...(text('recommendationId') && { recommendationId: text('recommendationId') }),
  }
}

/** @throws Error naming the field, the rule and the value received */
export function toItemInput(cells: Cells, columns: ItemColumns): ItemInput {
  const text = (column: string | undefined): string => (column === undefined ? '' : (cells[column] ?? ''))
  const id = required('id', text(columns.id))
  const [description, imageUrl] = [text(columns.description), text(columns.imageUrl)]
  const [price, available, publishedAt] = [text(columns.price), text(columns.available), text(columns.publishedAt)]
  return {
    id,
    title: text(columns.title) || id,
    ...(description && { description }),
    categories: labels(columns.categories.map(text)),
    tags: labels(columns.tags.map(text)),
    ...(price && { price: toNumber('price', price, 0, Number.MAX_VALUE) }),
    ...(imageUrl && { imageUrl }),
    ...(available && { available: !/^(0|false|no|off)$/i.test(available) }),
    ...(publishedAt && { publishedAt: toTimestamp('publishedAt', publishedAt) }),
  }
}

/** A bar separates several in one cell. */
const labels = (cells: readonly string[]): string[] => {
  const parts = cells.flatMap((cell) => cell.split('|')).map((part) => part.trim())
  return [...new Set(parts.filter((part) => part !== '' && part !== '(no genres listed)'))]
}

export function toType(text: string): EventType {
  const name = text.toUpperCase().replace(/[^A-Z]/g, '')
  const type = eventTypes.find((known) => known === name) ?? synonyms[name]
  if (type === undefined) throw new Error(`type: expected one of ${eventTypes.join(', ')}, got "${text}"`)
  return type
}

function required(field: string, text: string): string {
  if (text === '') throw new Error(`${field}: expected an id, got nothing`)
  const lines = text.split('\n').length
  if (lines > 1) throw new Error(`${field}: expected an id, got ${lines} lines: is a quotation mark missing?`)
  return text
}

function toNumber(field: string, text: string, min: number, max: number): number {
  const number = Number(text)
  if (text === '' || !(number >= min && number <= max)) {
    throw new Error(
      `${field}: expected a number ${max === 5 ? `from ${min} to ${max}` : `of at least ${min}`}, got "${text}"`,
    )
  }
  return number
}

function toQuantity(text: string): number {
  const number = Number(text)
  if (!Number.isInteger(number) || number < 1)
    throw new Error(`quantity: expected a whole number of at least 1, got "${text}"`)
  return number
}

/** ISO 8601 (UTC where no zone is given), or seconds or milliseconds since 1970. */
export function toTimestamp(field: string, text: string): string {
  const number = Number(text)
  const zoned = /[zZ]$|[+-]\d\d:?\d\d$/.test(text) ? text : `${text.replace(' ', 'T')}${text.length > 10 ? 'Z' : ''}`
  const ms = Number.isFinite(number) ? (number < 1e11 ? number * 1000 : number) : Date.parse(zoned)
  if (!(ms >= 0 && ms < 8.64e15)) throw new Error(`${field}: expected ISO 8601 or seconds since 1970, got "${text}"`)
  return new Date(ms).toISOString()
}
