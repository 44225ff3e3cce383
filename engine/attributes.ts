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
