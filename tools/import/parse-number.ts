import { OptionNeededError } from './file-error.ts'

export const decimalMarks = ['comma', 'point'] as const
export type DecimalMark = (typeof decimalMarks)[number]

export interface NumberOptions {
  /** Decimal mark. Default: decided per value, where only one reading is possible. */
  readonly decimal?: DecimalMark
  /** Whether the file comes from a region with decimal commas, where 1.299 may be 1299. Default: false. */
  readonly commaRegion?: boolean
}

/** A currency code or sign at the beginning or the end of an amount. */
const currency = /^(?:[A-Z]{3}|\p{Sc})\s*|\s*(?:[A-Z]{3}|\p{Sc})$/gu

/** The currency code or sign in an amount; undefined where it has none. */
export const currencyOf = (text: string): string | undefined => text.trim().match(currency)?.[0]?.trim()

/**
 * Parses a decimal number: 12.90, 12,90, 1.299,00, 1,299.00.
 * @throws Error where it is not a finite number; OptionNeededError where it is ambiguous without `decimal`
 */
export function parseNumber(text: string, { decimal, commaRegion = false }: NumberOptions = {}): number {
  const invalid = () => new Error(`expected a number, got "${text}"`)
  if (/^[+-]?\d+(\.\d+)?e[+-]?\d+$/i.test(text)) return finite(Number(text), invalid)
  if (!/^[+-]?(\d+|\d{1,3}([.,' \u00a0\u202f]\d{3})+)?([.,]\d+)?$/.test(text) || !/\d/.test(text)) throw invalid()
  const mark = decimal === undefined ? markOf(text, commaRegion) : decimal === 'comma' ? ',' : '.'
  const [whole = '', fraction, ...more] = text.split(mark)
  if (more.length > 0 || /\D/.test(fraction ?? '')) throw invalid()
  const thousands = mark === ',' ? '.' : ','
  if (decimal !== undefined && whole.includes(thousands) && !/^[+-]?\d{1,3}([.,]\d{3})+$/.test(whole)) throw invalid()
  return finite(Number(`${whole.replace(/[^\d+-]/g, '')}.${fraction ?? ''}0`), invalid)
}

/** Parses an amount of money with or without its currency. @throws as `parseNumber` does */
export const parseAmount = (text: string, options: NumberOptions = {}): number =>
  parseNumber(text.trim().replace(currency, '').trim(), options)

/**
 * Prices in several currencies cannot be compared. The function returned throws for another currency than the first.
 */
export function oneCurrency(): (price: string) => void {
  let first: string | undefined
  return (price) => {
    const currency = currencyOf(price)
    if (currency === undefined) return
    first ??= currency
    if (currency !== first) throw new Error(`expected prices in ${first} like those before, got "${price}"`)
  }
}

function markOf(text: string, commaRegion: boolean): ',' | '.' {
  const [commas, points] = [text.split(',').length - 1, text.split('.').length - 1]
  if (commas > 0 && points > 0) return text.lastIndexOf(',') > text.lastIndexOf('.') ? ',' : '.'
  if (commas > 1) return '.'
  if (points > 1) return ','
  const threeDigits = /^[+-]?[1-9]\d{0,2}[.,]\d{3}$/.test(text)
  if (threeDigits && (commas === 1 || commaRegion)) {
    throw new OptionNeededError(`"${text}" may be thousands or a fraction: set --decimal comma or --decimal point`)
  }
  return commas === 1 ? ',' : '.'
}

function finite(number: number, invalid: () => Error): number {
  if (!Number.isFinite(number)) throw invalid()
  return number
}
