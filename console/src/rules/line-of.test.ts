import { expect, test } from 'vitest'
import { lineOf } from './line-of.ts'

const source = 'exploration: 3\nboosts:\n  - tag: sale\n    factor: -1\n'
const at = (path: string) => source.slice(...lineOf(source, path))

test('a problem is found in the source by its path', () => {
  expect(at('rules.exploration')).toBe('3')
  expect(at('rules.boosts.0.factor')).toBe('-1')
})

test('a part that is not there leads to the nearest one that is', () => {
  expect(at('rules.boosts.0.item').trim()).toBe('tag: sale\n    factor: -1')
  expect(at('rules.nothing')).toBe(source)
})

test('a source that is no YAML is shown whole', () => {
  expect(lineOf('a: [', 'rules')).toEqual([0, 4])
})
