import type { LogRecord } from '../../platform/ports/event-log.ts'
import type { AttributeInput, ItemInput } from '../../schema/graphql/item.ts'
import { originHeaders } from '../../schema/records/headers.ts'
import {
  type AttributeRecord,
  attributeNameBytesMax,
  attributesMax,
  attributeTextBytesMax,
  encodeItem,
  givenValues,
  type ItemRecord,
} from '../../schema/records/item.ts'
import { topics } from '../../schema/topics.ts'
import type { Services } from '../context.ts'
import { count, InputCheck } from '../guard/input-check.ts'
import { batchMax } from './events.ts'

const titleMax = 1_000
const descriptionMax = 20_000
const urlMax = 2_048
const labelsMax = 100
const labelMax = 256

/**
 * Validates items, converts them to records and applies defaults.
 * @throws AppError BAD_USER_INPUT with an issue for every broken rule; then no item of the call is accepted
 */
export function toItemRecords(items: readonly ItemInput[]): ItemRecord[] {
  const check = new InputCheck()
  if (check.require(items.length >= 1 && items.length <= batchMax, 'items', `1..${batchMax} items`, count(items))) {
    items.forEach((item, n) => {
      checkItem(item, `items[${n}]`, check)
    })
  }
  check.throwIfAny()
  return items.map((item) => ({
    v: 1,
    id: item.id,
    title: item.title,
    description: item.description ?? null,
    categories: item.categories ?? [],
    tags: item.tags ?? [],
    price: item.price ?? null,
    imageUrl: item.imageUrl ?? null,
    available: item.available ?? true,
    publishedAt: toIso(item.publishedAt),
    ...(item.availableFrom != null && { availableFrom: toIso(item.availableFrom) }),
    ...(item.availableUntil != null && { availableUntil: toIso(item.availableUntil) }),
    ...(item.groupId != null && { groupId: item.groupId }),
    ...(item.attributes && item.attributes.length > 0 && { attributes: item.attributes.map(toAttribute) }),
  }))
}

const toIso = (time: number | null | undefined): string | null => (time == null ? null : new Date(time).toISOString())

const toAttribute = ({ name, text, number, flag }: AttributeInput): AttributeRecord => ({
  name,
  ...(text != null && { text }),
  ...(number != null && { number }),
  ...(flag != null && { flag }),
})

function checkItem(item: ItemInput, path: string, check: InputCheck): void {
  check.id(item.id, `${path}.id`)
  const { title, description, price, imageUrl } = item
  check.text(title, `${path}.title`, 1, titleMax)
  if (description != null) check.text(description, `${path}.description`, 0, descriptionMax)
  if (imageUrl != null) check.text(imageUrl, `${path}.imageUrl`, 0, urlMax)
  if (price != null) check.require(price >= 0 && Number.isFinite(price), `${path}.price`, 'a number from 0', price)
  for (const name of ['categories', 'tags'] as const) {
    const labels = item[name] ?? []
    check.require(labels.length <= labelsMax, `${path}.${name}`, `at most ${labelsMax} names`, labels.length)
    labels.slice(0, labelsMax).forEach((label, n) => {
      check.text(label, `${path}.${name}[${n}]`, 1, labelMax)
    })
  }
  if (item.groupId != null) check.id(item.groupId, `${path}.groupId`)
  checkWindow(item, path, check)
  const attributes = item.attributes ?? []
  const isFew = attributes.length <= attributesMax
  check.require(isFew, `${path}.attributes`, `at most ${attributesMax} attributes`, attributes.length)
  attributes.slice(0, attributesMax).forEach((attribute, n) => {
    checkAttribute(attribute, `${path}.attributes[${n}]`, check)
  })
}

function checkWindow({ availableFrom, availableUntil }: ItemInput, path: string, check: InputCheck): void {
  if (availableFrom == null || availableUntil == null) return
  const rule = `a time after availableFrom (${new Date(availableFrom).toISOString()})`
  check.require(availableFrom < availableUntil, `${path}.availableUntil`, rule, new Date(availableUntil))
}

function checkAttribute(attribute: AttributeInput, path: string, check: InputCheck): void {
  const { name, text, number } = attribute
  check.bytes(name, `${path}.name`, attributeNameBytesMax)
  const values = givenValues(attribute)
  check.require(values.length === 1, path, 'exactly one of text, number and flag', values)
  if (text != null) check.bytes(text, `${path}.text`, attributeTextBytesMax)
  if (number != null) check.require(Number.isFinite(number), `${path}.number`, 'a finite number', number)
}

/**
 * Appends items or, where `record` is null, tombstones.
 * @returns the offset up to which the catalog must be read to have all of them
 */
export async function appendItems(
  items: readonly { id: string; record: ItemRecord | null }[],
  { log, clock }: Services,
): Promise<number> {
  const headers = originHeaders(clock.now())
  const records: LogRecord[] = items.map(({ id, record }) => ({
    key: id,
    value: record && encodeItem(record),
    headers,
  }))
  const positions = await log.append(topics.items, records)
  return Math.max(...positions.map(({ offset }) => offset)) + 1
}
