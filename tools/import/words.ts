import { type EventType, eventTypes } from '../../schema/records/interaction.ts'

/** What else the types are called in other systems' exports; without spaces, dashes and underscores. */
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

/** Words of one file that mean an event type, in the form of `formOf`. */
export type EventTypeWords = ReadonlyMap<string, EventType>

/** From `--types angesehen=VIEW,gekauft=PURCHASE`. @throws Error naming the rule and the value received */
export function parseTypes(text: string): EventTypeWords {
  return new Map(
    text.split(',').map((pair) => {
      const at = pair.lastIndexOf('=')
      if (at < 1) throw new Error(`--types: expected word=TYPE, got "${pair}"`)
      return [formOf(pair.slice(0, at)), toType(pair.slice(at + 1))]
    }),
  )
}

/** undefined where the name is of no known type. Words of the file itself come first. */
export function eventTypeOf(text: string, words?: EventTypeWords): EventType | undefined {
  const name = formOf(text)
  const given = words?.get(name)
  if (given !== undefined) return given
  return eventTypes.find((known) => known === name) ?? (Object.hasOwn(synonyms, name) ? synonyms[name] : undefined)
}

/** @throws Error naming the rule and the value received */
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
 * Whether an item can be bought, in the words of shops and merchant feeds. A count of pieces is a yes from 1 on.
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
