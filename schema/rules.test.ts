import { describe, expect, test } from 'vitest'
import { AppError } from './app-error.ts'
import { noRules, parseRules, rulesFor } from './rules.ts'

const experiment = `
maxCategoryShare: 0.5
experiment:
  name: spread
  variants:
    - { name: control, share: 0.3 }
    - { name: wide, share: 0.7, rules: { maxCategoryShare: 0.2 } }
`

describe('business rules', () => {
  test('an empty document changes nothing', () => {
    expect(parseRules('')).toEqual(noRules)
    expect(rulesFor(noRules, 'u').variant).toBeNull()
  })

  test('every problem is named with its path and the value received', () => {
    const source =
      'exploration: 2\nboosts:\n  - { category: Shoes, tag: red, factor: 1 }\n  - { item: x, factor: -1 }\n'
    try {
      parseRules(source)
      expect.unreachable()
    } catch (error) {
      expect(error).toBeInstanceOf(AppError)
      const { code, issues } = error as AppError
      expect(code).toBe('BAD_USER_INPUT')
      expect(issues.map(({ path }) => path).sort()).toEqual([
        'rules.boosts.0',
        'rules.boosts.1.factor',
        'rules.exploration',
      ])
      expect(issues.find(({ path }) => path === 'rules.exploration')?.message).toContain('got 2')
    }
  })

  test('a mistake in the YAML itself is named with its line', () => {
    expect(() => parseRules('boosts:\n  - {')).toThrow(/line \d+/)
  })

  test('an unknown rule is refused, not ignored', () => {
    expect(() => parseRules('boost: []')).toThrow(/boost/)
  })

  test('a user stays in one variant, and variants get their shares', () => {
    const rules = parseRules(experiment)
    const users = Array.from({ length: 4000 }, (_, n) => `user-${n}`)
    const wide = users.filter((user) => rulesFor(rules, user).variant === 'spread~wide')
    expect(wide.length / users.length).toBeCloseTo(0.7, 1)
    for (const user of users.slice(0, 50)) expect(rulesFor(rules, user)).toEqual(rulesFor(rules, user))
    expect(rulesFor(rules, wide[0]!).rules.maxCategoryShare).toBe(0.2)
    const control = users.find((user) => !wide.includes(user))!
    expect(rulesFor(rules, control).rules.maxCategoryShare).toBe(0.5)
  })
})
