import { parse } from 'graphql'
import { expect, test } from 'vitest'
import { canonicalText } from './canonical-document.ts'

const same = (a: string, b: string) => canonicalText(parse(a)) === canonicalText(parse(b))

test.each([
  ['comments and spaces', '{ a { b } } # note', '{\n  a { b, }\n}'],
  ['__typename that a cache adds', '{ a { b } }', '{ a { b __typename } __typename }'],
  [
    'the order of fields, arguments and definitions',
    'query Q { a(x: 1, y: 2) { b ...F } } fragment F on T { c d }',
    'fragment F on T { d c } query Q { a(y: 2, x: 1) { ...F b } }',
  ],
])('%s makes no difference', (_, a, b) => expect(same(a, b)).toBe(true))

test.each([
  ['another field', '{ a { b } }', '{ a { b c } }'],
  ['another argument', '{ a(x: 1) { b } }', '{ a(x: 2) { b } }'],
  ['an alias', '{ a { b } }', '{ a { b, t: __typename } }'],
  ['a directive', '{ a { b } }', '{ a { b @skip(if: false) } }'],
  ['the order of mutations', 'mutation { a b }', 'mutation { b a }'],
  ['the name of the operation', 'query A { a }', 'query B { a }'],
])('%s does', (_, a, b) => expect(same(a, b)).toBe(false))

test('a selection of nothing but __typename stays one', () => {
  expect(canonicalText(parse('{ a { __typename } }'))).toContain('__typename')
})
