import type { ItemAttribute } from './types.ts'

/** A condition on one attribute. A part that is absent or null allows every value. */
export interface AttributeCondition {
  readonly name: string
  /** The text is one of these. */
  readonly in?: readonly string[] | null
  /** Minimum of the number, inclusive. */
  readonly gte?: number | null
  /** Maximum of the number, inclusive. */
  readonly lte?: number | null
  /** The flag has this value. */
  readonly is?: boolean | null
}

/**
 * Returns a test of an item's attributes. One attribute of the condition's name must fulfill all parts that are given;
 * without parts, the item must have an attribute of the name. So an item without it never matches, and parts for values
 * of different types (`in` with `gte`) match nothing.
 */
export function attributeTest(condition: AttributeCondition): (attributes: readonly ItemAttribute[]) => boolean {
  const { name, gte, lte, is } = condition
  const texts = condition.in == null ? undefined : new Set(condition.in)
  const matches = ({ name: given, text, number, flag }: ItemAttribute): boolean =>
    given === name &&
    (texts === undefined || (text !== null && texts.has(text))) &&
    (gte == null || (number !== null && number >= gte)) &&
    (lte == null || (number !== null && number <= lte)) &&
    (is == null || flag === is)
  return (attributes) => attributes.some(matches)
}

/**
 * Returns whether a list with this filter condition is about items that fulfill a rule's condition: whether the filter
 * names a value, or a range with a value, that fulfills it. A filter that names the attribute alone is about any value,
 * so only a condition with the name alone holds. A condition with parts for values of different types never holds.
 */
export function isAboutAttribute(filter: AttributeCondition, condition: AttributeCondition): boolean {
  if (filter.name !== condition.name) return false
  const [named, wanted] = [typesOf(filter), typesOf(condition)]
  if (wanted.length === 0) return named.length === 0 || (named.length === 1 && filter.in?.length !== 0)
  if (wanted.length > 1 || named.length !== 1 || named[0] !== wanted[0]) return false
  switch (wanted[0]) {
    case 'text':
      return filter.in!.some((text) => condition.in!.includes(text))
    case 'flag':
      return filter.is === condition.is
    default:
      return (
        Math.max(filter.gte ?? -Infinity, condition.gte ?? -Infinity) <=
        Math.min(filter.lte ?? Infinity, condition.lte ?? Infinity)
      )
  }
}

/** The types of values that the parts of a condition name. */
export function typesOf({ in: texts, gte, lte, is }: AttributeCondition): ('text' | 'number' | 'flag')[] {
  return [
    ...(texts == null ? [] : ['text' as const]),
    ...(gte == null && lte == null ? [] : ['number' as const]),
    ...(is == null ? [] : ['flag' as const]),
  ]
}

/** Maximum names of attributes that content similarity reads. */
export const attributeNamesMax = 8

/**
 * Returns a value as content similarity compares it: texts without case, flags, whole numbers as they are, other
 * numbers rounded to two significant digits, so that 1.42 and 1.39 are one value.
 */
export function comparedValue({ text, number, flag }: ItemAttribute): string {
  if (text !== null) return `t${text.toLowerCase()}`
  if (number === null) return `f${flag}`
  return `n${Number.isInteger(number) ? number : Number(number.toPrecision(2))}`
}
