import { describe, expect, test } from 'vitest'
import { AppError } from './app-error.ts'
import { parseRules } from './rules.ts'

const problems = (source: string): Record<string, string> => {
  try {
    parseRules(source)
  } catch (error) {
    expect(error).toBeInstanceOf(AppError)
    const { code, issues } = error as AppError
    expect(code).toBe('BAD_USER_INPUT')
    return Object.fromEntries(issues.map(({ path, message }) => [path, message]))
  }
  return {}
}

describe('business rules', () => {
  test('a filter may exclude some of its categories', () => {
    const { shop } = parseRules('filters: [{ categories: [A, B], excludeCategories: [B] }]')
    expect(shop.filters).toEqual([{ categories: ['A', 'B'], excludeCategories: ['B'] }])
  })

  test('an empty document changes nothing', () => {
    expect(parseRules('')).toEqual({ shop: {}, placements: {}, experiments: [] })
  })

  test('every problem is named with its path and the value received', () => {
    const source =
      'exploration: 2\nboosts:\n  - { category: Shoes, tag: red, factor: 1 }\n  - { item: x, factor: -1 }\n'
    const found = problems(source)
    expect(Object.keys(found).sort()).toEqual(['rules.boosts.0', 'rules.boosts.1.factor', 'rules.exploration'])
    expect(found['rules.exploration']).toContain('got 2')
  })

  test('a mistake in the YAML itself is named with its line', () => {
    expect(() => parseRules('boosts:\n  - {')).toThrow(/line \d+/)
  })

  test('an unknown rule is refused, not ignored', () => {
    expect(() => parseRules('boost: []')).toThrow(/boost/)
  })

  test('conditions, dates and durations are read', () => {
    const { shop } = parseRules(`
boosts:
  - { tag: sale, factor: 2, when: { placement: home, category: Shoes, from: 2026-12-01, until: 2026-12-24T18:00:00+01:00 } }
  - { attribute: { name: brand, in: [Acme] }, factor: 3, when: { attribute: { name: organic, is: true } } }
filters: [{ minPrice: 10, when: { placement: email } }]
seen: { PURCHASE: forever, VIEW: 30d, CONSUME: 0.6, DISMISS: forever }
fatigue: { after: 3, within: 2d, factor: 0.2 }
objective: { weights: { PURCHASE: 5, CART: 2, VIEW: 1 }, revenue: 0.3 }
`)
    expect(shop.boosts?.[0]?.when).toEqual({
      placement: 'home',
      category: 'Shoes',
      from: Date.UTC(2026, 11, 1),
      until: Date.UTC(2026, 11, 24, 17),
    })
    expect(shop.boosts?.[1]?.attribute).toEqual({ name: 'brand', in: ['Acme'] })
    expect(shop.seen).toEqual({ PURCHASE: 'forever', VIEW: 30 * 86_400_000, CONSUME: 0.6, DISMISS: 'forever' })
    expect(shop.fatigue).toEqual({ after: 3, within: 2 * 86_400_000, factor: 0.2 })
  })

  test('the form with one experiment is one entry of the form with several', () => {
    const variants = 'variants: [{ name: a, share: 0.5 }, { name: b, share: 0.5, rules: { exploration: 0.2 } }]'
    const single = parseRules(`experiment: { name: x, ${variants} }`)
    expect(single).toEqual(parseRules(`experiments: [{ name: x, attribution: 7d, ${variants} }]`))
    // What a variant does not say, it does not change.
    expect(single.experiments[0]!.variants.map(({ rules }) => rules)).toEqual([{}, { exploration: 0.2 }])
  })

  test.each([
    ['pins: [{ item: a, position: 1, when: { place: home } }]', 'rules.pins.0.when', 'place'],
    ['pins: [{ item: a, position: 1, when: { placement: Home } }]', 'rules.pins.0.when.placement', 'got "Home"'],
    ['pins: [{ item: a, position: 1, when: { from: tomorrow } }]', 'rules.pins.0.when.from', 'got "tomorrow"'],
    ['pins: [{ item: a, position: 1, when: { from: 2026-02-30 } }]', 'rules.pins.0.when.from', 'got "2026-02-30"'],
    [
      'pins: [{ item: a, position: 1, when: { from: 2026-12-02, until: 2026-12-01 } }]',
      'rules.pins.0.when',
      'from to be before until',
    ],
    ['filters: [{ when: { placement: home } }]', 'rules.filters.0', 'a condition beside when'],
    ['filters: [{ attributes: [{ name: size, in: [M], gte: 3 }] }]', 'rules.filters.0.attributes.0', 'only one of in'],
    [
      'boosts: [{ tag: x, factor: 2, when: { attribute: { name: a, is: true, lte: 3 } } }]',
      'rules.boosts.0.when.attribute',
      'only one of in',
    ],
    ['filters: [{ categories: [A, B], excludeCategories: [B, A, C] }]', 'rules.filters.0', 'no item meets it, got'],
    ['filters: [{ allTags: [a, b], excludeTags: [b] }]', 'rules.filters.0', 'no item meets it, got'],
    ['pins: [{ item: a }]', 'rules.pins.0.position', 'got nothing'],
    ['---\npins: []\n---\npins: []', 'rules', 'line 3: expected one document, got a second'],
    ['pins: []\npins: []', 'rules', 'line 2: Map keys must be unique'],
    ['filters: [{ minPrice: 3, maxPrice: 2 }]', 'rules.filters.0', 'minPrice to be at most maxPrice'],
    ['seen: { VIEW: 0.5 }', 'rules.seen.VIEW', 'got 0.5'],
    ['seen: { CONSUME: 2 }', 'rules.seen.CONSUME', 'got 2'],
    ['seen: { DISMISS: 30d }', 'rules.seen.DISMISS', 'rejected items never come back'],
    ['seen: { IMPRESSION: 3d }', 'rules.seen', 'IMPRESSION'],
    ['fatigue: { after: 3, within: soon, factor: 0.2 }', 'rules.fatigue.within', 'got "soon"'],
    ['fatigue: { after: 0, within: 1d, factor: 0.2 }', 'rules.fatigue.after', 'got 0'],
    ['fatigue: { after: 11, within: 1d, factor: 0.2 }', 'rules.fatigue.after', 'got 11'],
    ['objective: { revenue: 2 }', 'rules.objective.revenue', 'got 2'],
    ['placements: { Home: {} }', 'rules.placements.Home', 'a-z 0-9 -'],
    ['placements: { home: { pinz: [] } }', 'rules.placements.home', 'pinz'],
    ['experiments: [{ name: x, variants: [{ name: a, share: 1 }] }]', 'rules.experiments.0.variants', '>=2'],
  ])('%s', (source, path, text) => {
    const found = problems(source)
    expect(Object.keys(found)).toEqual([path])
    expect(found[path]).toContain(text)
  })

  test.each([
    ['pins: [{ item: a }]', 'rules.pins.0.position', 'expected number, got nothing'],
    ['pins: [{ item: 12, position: 1 }]', 'rules.pins.0.item', 'expected string, got 12'],
    ['boosts: [{ tag: a, factor: .inf }]', 'rules.boosts.0.factor', 'expected number, got Infinity'],
  ])('%s: the message has the value once', (source, path, message) => {
    expect(problems(source)).toEqual({ [path]: message })
  })

  test('counts are bounded', () => {
    const repeat = (count: number, text: (n: number) => string) =>
      Array.from({ length: count }, (_, n) => text(n)).join()
    const pins = (count: number) => `pins: [${repeat(count, (n) => `{ item: i${n}, position: 1 }`)}]`
    const filters = (count: number) => `filters: [${repeat(count, () => '{ minPrice: 1 }')}]`
    const placements = (count: number) => `placements: {${repeat(count, (n) => `p${n}: {}`)}}`
    const variants = 'variants: [{ name: a, share: 0.5 }, { name: b, share: 0.5 }]'
    const experiments = (count: number) =>
      `experiments: [${repeat(count, (n) => `{ name: e${n}, placement: p${n}, ${variants} }`)}]`
    for (const [source, most] of [
      [pins, 20],
      [filters, 100],
      [placements, 100],
      [experiments, 20],
    ] as const) {
      expect(problems(source(most))).toEqual({})
      expect(Object.keys(problems(source(most + 1)))).toHaveLength(1)
    }
  })

  test('names of experiments that one list may take part in fit into its id', () => {
    const variants = (name: string) => `variants: [{ name: ${name}, share: 0.5 }, { name: x, share: 0.5 }]`
    const one = (n: number, placement?: string) =>
      `{ name: ${'e'.repeat(31)}${n}, ${placement ? `placement: ${placement}, ` : ''}${variants('v'.repeat(32))} }`
    expect(problems(`experiments: [${one(1)}, ${one(2)}]`)).toEqual({})
    expect(problems(`experiments: [${one(1)}, ${one(2, 'home')}, ${one(3, 'email')}]`)).toEqual({})
    expect(problems(`experiments: [${one(1)}, ${one(2, 'home')}, ${one(3, 'home')}]`)['rules.experiments']).toContain(
      'placement home',
    )
    expect(problems(`experiments: [${one(1)}, ${one(1)}]`)['rules.experiments']).toContain('distinct')
  })
})
