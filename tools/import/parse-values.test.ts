import { describe, expect, test } from 'vitest'
import { eventTypes } from '../../schema/records/interaction.ts'
import { OptionNeededError } from './file-error.ts'
import { isNothing, parseId } from './parse-id.ts'
import { currencyOf, parseAmount, parseNumber } from './parse-number.ts'
import { eventTypeOf, parseAvailability, parseTypes, toType } from './words.ts'

describe('numbers', () => {
  test.each([
    ['12.90', 12.9],
    ['12,90', 12.9],
    ['4,5', 4.5],
    ['1.299,00', 1299],
    ['1,299.00', 1299],
    ['1,299,000', 1_299_000],
    ["1'299.50", 1299.5],
    ['.5', 0.5],
    ['0', 0],
    ['-3', -3],
    ['1e3', 1000],
    ['0.125', 0.125],
    ['1.299', 1.299],
    ['39.00 EUR', 39],
    ['EUR 9.00', 9],
    ['$1,299.00', 1299],
    ['12,90 €', 12.9],
  ])('%s', (text, expected) => {
    expect(parseAmount(text)).toBe(expected)
  })

  test('a mark that may be either is asked for', () => {
    expect(() => parseNumber('1,299')).toThrow(OptionNeededError)
    expect(() => parseNumber('1.299', { commaRegion: true })).toThrow('--decimal comma or --decimal point')
    expect(parseNumber('1,299', { decimal: 'comma' })).toBe(1.299)
    expect(parseNumber('1,299', { decimal: 'point' })).toBe(1299)
    expect(parseNumber('1.299', { decimal: 'comma' })).toBe(1299)
  })

  test.each(['', 'free', '1e999', '0x10', '1,2,3', '12,90,00', 'Infinity', '--5', '1 2'])('%s is refused', (text) => {
    expect(() => parseNumber(text)).toThrow('expected a number')
  })

  test('12.90 in a file of decimal commas is refused, not 1290', () => {
    expect(() => parseNumber('12.90', { decimal: 'comma' })).toThrow('expected a number, got "12.90"')
  })

  test('the currency of an amount', () => {
    expect(['39.00 EUR', 'USD 3', '€ 4', '5'].map(currencyOf)).toEqual(['EUR', 'USD', '€', undefined])
  })
})

describe('ids', () => {
  test.each(['9007199254740993', '01024', '-1', '0', '1e3', '12E5', 'a|b', '10.1700000000', '🛒', "o'neil"])(
    '%s is kept as it is',
    (text) => {
      expect(parseId(text, false)).toBe(text)
    },
  )

  test.each(['', 'NaN', 'nan', 'NULL', 'None', 'null', 'undefined', '\\N', '#N/A', 'n/a', '<NA>'])(
    '%s is no id',
    (text) => {
      expect(isNothing(text)).toBe(true)
      expect(() => parseId(text, false)).toThrow('expected an id')
    },
  )

  test.each(['1.23457E+12', '8.96529E+19', '4.01234e12', '1E+12'])('%s lost digits', (text) => {
    expect(() => parseId(text, false)).toThrow(`got "${text}": a spreadsheet rounded it; export the column as text`)
  })

  test.each([
    ['17850.0', '17850'],
    ["'0012345", '0012345'],
  ])('%s is asked about', (text, clean) => {
    expect(() => parseId(text, false)).toThrow(OptionNeededError)
    expect(parseId(text, false, { spreadsheetIds: 'clean' })).toBe(clean)
    expect(parseId(text, false, { spreadsheetIds: 'keep' })).toBe(text)
  })

  test.each(['null', 'NaN', '1024.0', '1.23457E+12', 'undefined', "'0012345"])(
    'a string of JSON is what it says: %s',
    (text) => {
      expect(parseId(text, true)).toBe(text)
    },
  )

  test('the limit is 256 bytes', () => {
    expect(parseId('é'.repeat(128), false)).toHaveLength(128)
    expect(() => parseId('é'.repeat(129), false)).toThrow('at most 256 bytes')
    expect(() => parseId('\ud800', true)).toThrow('well-formed')
  })
})

describe('words', () => {
  test.each<readonly [string, string]>([
    ['view_item', 'VIEW'],
    ['addtocart', 'CART'],
    ['remove_from_cart', 'UNCART'],
    ['buy', 'PURCHASE'],
    ['transaction', 'PURCHASE'],
    ['Order Completed', 'PURCHASE'],
    ['Product Added to Wishlist', 'LIKE'],
    ...eventTypes.map((type) => [type.toLowerCase(), type] as const),
  ])('event %s', (text, type) => {
    expect(toType(text)).toBe(type)
  })

  test('words of the file itself come first', () => {
    const words = parseTypes('angesehen=view,In den Warenkorb=CART,add=LIKE')
    expect(toType('Angesehen', words)).toBe('VIEW')
    expect(toType('in_den_warenkorb', words)).toBe('CART')
    expect(toType('ADD', words)).toBe('LIKE')
    expect(toType('buy', words)).toBe('PURCHASE')
    expect(() => toType('gekauft', words)).toThrow('got "gekauft"; --types WORD=TYPE adds a word')
  })

  test.each(['gekauft', '=VIEW', 'gekauft=BOUGHT', ''])('--types %j is refused', (text) => {
    expect(() => parseTypes(text)).toThrow(/expected (word=TYPE|one of VIEW)/)
  })

  test('other names are of no type', () => {
    for (const text of ['', '1', 'view2', 'begin_checkout', 'constructor', '__proto__']) {
      expect(eventTypeOf(text)).toBeUndefined()
    }
  })

  test.each([
    'true',
    'TRUE',
    '1',
    '1.0',
    'yes',
    'Y',
    't',
    'in stock',
    'in_stock',
    'In Stock',
    'InStock',
    'preorder',
    'backorder',
    'active',
    '17',
  ])('available: %s', (text) => {
    expect(parseAvailability(text)).toBe(true)
  })

  test.each([
    'false',
    '0',
    '0.0',
    '-1',
    'no',
    'N',
    'f',
    'off',
    'out of stock',
    'out_of_stock',
    'outofstock',
    'sold out',
    'discontinued',
    'draft',
    'archived',
    'https://schema.org/OutOfStock',
  ])('not available: %s', (text) => {
    expect(parseAvailability(text)).toBe(false)
  })

  test('a word that is not known is refused, not taken for true', () => {
    expect(() => parseAvailability('perhaps')).toThrow('expected a word such as true')
  })
})
