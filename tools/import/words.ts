import { type EventType, eventTypes } from '../../schema/records/interaction.ts'

/** Names of the event types in exports of other systems, without spaces, dashes and underscores. */
const synonyms: Readonly<Record<string, EventType>> = {
  PAGEVIEW: 'VIEW',
  PV: 'VIEW',
  DETAIL: 'VIEW',
  WATCH: 'VIEW',
  VIEWITEM: 'VIEW',
  PRODUCTVIEWED: 'VIEW',
  PRODUCTVIEW: 'VIEW',
  SELECTITEM: 'CLICK',
  PRODUCTCLICKED: 'CLICK',
  CLICKTHROUGH: 'CLICK',
  RATE: 'RATING',
  ADDTOCART: 'CART',
  ADDEDTOCART: 'CART',
  PRODUCTADDED: 'CART',
  ADD: 'CART',
  BASKET: 'CART',
  REMOVEFROMCART: 'UNCART',
  PRODUCTREMOVED: 'UNCART',
  REMOVE: 'UNCART',
  BUY: 'PURCHASE',
  ORDER: 'PURCHASE',
  TRANSACTION: 'PURCHASE',
  ORDERCOMPLETED: 'PURCHASE',
  RETURN: 'REFUND',
  ORDERREFUNDED: 'REFUND',
  FAV: 'LIKE',
  FAVORITE: 'LIKE',
  FAVOURITE: 'LIKE',
  ADDTOWISHLIST: 'LIKE',
  PRODUCTADDEDTOWISHLIST: 'LIKE',
  VIEWITEMLIST: 'IMPRESSION',
}

/** Event types by words of one file, normalized by `formOf`. */
export type EventTypeWords = ReadonlyMap<string, EventType>

/** Parses `--types angesehen=VIEW,gekauft=PURCHASE`. @throws Error naming the rule and the value received */
export function parseTypes(text: string): EventTypeWords {
  return new Map(
    text.split(',').map((pair) => {
      const at = pair.lastIndexOf('=')
      if (at < 1) throw new Error(`--types: expected word=TYPE, got "${pair}"`)
      return [formOf(pair.slice(0, at)), toType(pair.slice(at + 1))]
    }),
  )
}

/** The event type of a name, in any case and with any separators; undefined: unknown. Words of the file come first. */
export function eventTypeOf(text: string, words?: EventTypeWords): EventType | undefined {
  const name = formOf(text)
  const given = words?.get(name)
  if (given !== undefined) return given
  return eventTypes.find((known) => known === name) ?? (Object.hasOwn(synonyms, name) ? synonyms[name] : undefined)
}

/** The event type of a name. @throws Error naming the rule and the value received */
export function toType(text: string, words?: EventTypeWords): EventType {
  const type = eventTypeOf(text, words)
  if (type === undefined) {
    throw new Error(`type: expected one of ${eventTypes.join(', ')}, got "${text}"; --types WORD=TYPE adds a word`)
  }
  return type
}

const formOf = (text: string): string => text.toUpperCase().replace(/[\s_-]/g, '')

const yes =
  'true 1 1.0 yes y t on instock available active enabled published publish visible public ja oui si backorder onbackorder preorder limitedavailability onlineonly'
const no =
  'false 0 0.0 -1 no n f off outofstock soldout unavailable inactive disabled discontinued draft archived private hidden pending trash unpublished nein non'
const availability = new Map([
  ...yes.split(' ').map((word) => [word, true] as const),
  ...no.split(' ').map((word) => [word, false] as const),
])

/**
 * Parses the availability of an item as shops and merchant feeds write it. A stock count of 1 or more is available.
 * @throws Error naming the rule and the value received
 */
export function parseAvailability(text: string): boolean {
  const word = text
    .toLowerCase()
    .replace(/^https?:\/\/schema\.org\//, '')
    .replace(/[\s_-](?!\d)/g, '')
  const known = availability.get(word)
  if (known !== undefined) return known
  if (/^\d+$/.test(word)) return Number(word) > 0
  throw new Error(`expected a word such as true, false, in stock, out of stock, preorder or draft, got "${text}"`)
}
