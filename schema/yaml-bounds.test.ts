import { describe, expect, test } from 'vitest'
import { parseRules } from './rules.ts'
import { charactersMax, checkYaml, depthMax, entriesMax, tokensMax } from './yaml-bounds.ts'

const repeat = (count: number, textOf: (n: number) => string) =>
  Array.from({ length: count }, (_, n) => textOf(n)).join('')

describe('documents that would take more work than their length says', () => {
  test.each([
    ['nested lists in a line', '['.repeat(200_000), `at most ${depthMax} levels`],
    ['nested maps in a line', '{a: '.repeat(60_000), `at most ${depthMax} levels`],
    ['nested dashes', '- '.repeat(100_000), `at most ${depthMax} levels`],
    ['nested question marks', '? '.repeat(100_000), `at most ${depthMax} levels`],
    ['nested indentation', repeat(200, (n) => `${' '.repeat(n)}a:\n`), `at most ${depthMax} levels`],
    ['an alias within itself', '&a [*a]', 'no anchors or aliases, got "&a"'],
    ['a list within itself', 'boosts: &a\n  - *a', 'no anchors or aliases'],
    [
      'merges of merges',
      repeat(200, (n) => `k${n}: &k${n} {<<: [${n > 0 ? `*k${n - 1}, *k${n - 1}` : ''}]}\n`),
      'no anchors or aliases',
    ],
    [
      'ten to the ninth',
      repeat(9, (n) => `a${n}: &a${n} [${n > 0 ? `*a${n - 1}, `.repeat(10) : '1'}]\n`),
      'no anchors or aliases',
    ],
    ['60,000 keys', repeat(15_000, (n) => `k${n}: 1\n`), `at most ${entriesMax} entries of one list or map`],
    [
      '60,000 keys in a line',
      `{${repeat(15_000, (n) => `k${n}: 1, `)}}`,
      `at most ${entriesMax} entries of one list or map`,
    ],
    [
      'many boosts that are empty',
      `boosts: [${'{},'.repeat(60_000)}]`,
      `at most ${entriesMax} entries of one list or map`,
    ],
    ['many lists', repeat(40, (n) => `a${n}: [${'[],'.repeat(1_500)}]\n`), `at most ${tokensMax} tokens`],
    ['a long text', `a: ${'x'.repeat(charactersMax)}`, `at most ${charactersMax} characters, got ${charactersMax + 3}`],
    ['half of a surrogate pair', 'pins: [{ item: "\ud83d", position: 1 }]', 'well-formed Unicode'],
    ['many directives', '%YAML 1.2\n---\n'.repeat(1_000), ''],
    ['a tag of JavaScript', '!!js/function x', ''],
    ['a key that is a list', '? [a, b]\n: 1', ''],
  ])('%s is refused with one clear error', (_name, source, words) => {
    let message = ''
    try {
      parseRules(source)
    } catch (error) {
      expect(error).toMatchObject({ code: 'BAD_USER_INPUT' })
      message = (error as Error).message
    }
    expect(message).toContain('the rules are not valid: rules')
    expect(message).toContain(words)
    expect(message.length).toBeLessThan(20_000)
  })
})

test('each bound holds exactly', () => {
  expect(() => checkYaml('x'.repeat(charactersMax))).not.toThrow()
  expect(() => checkYaml(repeat(entriesMax, (n) => `k${n}: 1\n`))).not.toThrow()
  expect(() => checkYaml(repeat(entriesMax + 2, (n) => `k${n}: 1\n`))).toThrow('entries')
  expect(() => checkYaml('['.repeat(depthMax - 2))).not.toThrow()
  expect(() => checkYaml('['.repeat(depthMax + 1))).toThrow('levels')
})

test('the largest rules pass', () => {
  const boosts = repeat(1_000, (n) => `  - category: category-${n}\n    factor: 1.5\n`)
  const variants = ['a', 'b'].map(
    (name) =>
      `    - name: ${name}\n      share: 0.5\n      rules:\n        boosts:\n${repeat(1_000, (n) => `          - {tag: tag-${n}, factor: 2}\n`)}`,
  )
  const document = parseRules(`boosts:\n${boosts}experiment:\n  name: test\n  variants:\n${variants.join('')}`)
  expect(document.shop.boosts).toHaveLength(1_000)
  expect(document.experiments[0]?.variants[1]?.rules.boosts).toHaveLength(1_000)
})

test('many problems are counted, and the first 20 named', () => {
  expect(() => parseRules(repeat(30, (n) => `pins${n}: 1\n`))).toThrow('the rules are not valid')
  expect(() => parseRules(`boosts:\n${repeat(50, () => '  - {factor: -1}\n')}`)).toThrow(/\(and \d+ more\)$/)
})
