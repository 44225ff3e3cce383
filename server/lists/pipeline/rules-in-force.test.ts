import { expect, test } from 'vitest'
import { silentLogger } from '../../../platform/logger.ts'
import type { Clock } from '../../../platform/ports/clock.ts'
import { parseRules } from '../../../schema/rules.ts'
import { RulesInForce } from './rules-in-force.ts'

/** A clock that stands still until it is moved; sleepers wake at their time. */
class ManualClock implements Clock {
  private time = Date.UTC(2026, 11, 1)
  private sleepers: { readonly at: number; readonly wake: () => void }[] = []

  now(): number {
    return this.time
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const sleeper = { at: this.time + ms, wake: resolve }
      this.sleepers.push(sleeper)
      signal?.addEventListener('abort', () => {
        this.sleepers = this.sleepers.filter((one) => one !== sleeper)
        resolve()
      })
    })
  }

  get sleeping(): number {
    return this.sleepers.length
  }

  async moveTo(time: string): Promise<void> {
    const end = Date.parse(time)
    for (;;) {
      const next = this.sleepers.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0]
      if (!next) break
      this.time = next.at
      this.sleepers = this.sleepers.filter((one) => one !== next)
      next.wake()
      await new Promise((resolve) => setImmediate(resolve))
    }
    this.time = end
  }
}

function inForce(source: string) {
  const clock = new ManualClock()
  let document = parseRules(source)
  const rules = new RulesInForce(() => document, { clock, logger: silentLogger })
  let changes = 0
  rules.onChange(() => changes++)
  rules.changed()
  return {
    rules,
    clock,
    changes: () => changes,
    pins: (placement: string | null = null) =>
      (rules.rulesFor(placement, null).rules.pins ?? []).map(({ item }) => item).join(),
    put: (next: string) => {
      document = parseRules(next)
      rules.changed()
    },
  }
}

const dated = `pins:
  - { item: a, position: 1, when: { from: 2026-12-02 } }
  - { item: b, position: 1, when: { until: 2026-12-03 } }
  - { item: c, position: 1, when: { from: 2027-03-01, until: 2027-03-02 } }`

test('dated rules start and end by themselves, told by one timer', async () => {
  const { clock, pins, changes } = inForce(dated)
  expect([pins(), changes(), clock.sleeping]).toEqual(['b', 1, 1])
  await clock.moveTo('2026-12-01T23:59:59.999Z')
  expect([pins(), changes()]).toEqual(['b', 1])
  await clock.moveTo('2026-12-02T00:00:00Z')
  expect([pins(), changes(), clock.sleeping]).toEqual(['a,b', 2, 1])
  await clock.moveTo('2026-12-03T00:00:00Z')
  expect([pins(), changes()]).toEqual(['a', 3])
  // Beyond what a timer of Node can wait for.
  await clock.moveTo('2027-03-01T00:00:00Z')
  expect([pins(), changes()]).toEqual(['a,c', 4])
  await clock.moveTo('2027-03-02T00:00:00Z')
  expect([pins(), changes(), clock.sleeping]).toEqual(['a', 5, 0])
})

test('a read at the time follows the rules though the timer is late, and the timer still tells', async () => {
  const { clock, pins, changes } = inForce(dated)
  const time = Date.parse('2026-12-02T00:00:00.001Z')
  clock.now = () => time
  expect([pins(), changes()]).toEqual(['a,b', 1])
  await clock.moveTo('2026-12-02T00:00:00Z')
  expect(changes()).toBe(2)
})

test('rules that say the same stay the same object, over other documents, placements and time', async () => {
  const { rules, put, clock } = inForce('pins: [{ item: a, position: 1 }]')
  const first = rules.rulesFor('home', 'u')
  expect(rules.rulesFor('email', 'v')).toBe(first)
  put('pins: [{ item: a, position: 1 }]\nplacements: { email: { pins: [] } }')
  expect(rules.rulesFor('home', 'u')).toBe(first)
  expect(rules.rulesFor('email', 'u')).not.toBe(first)
  await clock.moveTo('2028-01-01T00:00:00Z')
  expect(rules.rulesFor('home', 'u')).toBe(first)
})

test('a placement overrides the shop, rule by rule; conditions choose placements', () => {
  const { rules, pins } = inForce(`
maxCategoryShare: 0.5
pins: [{ item: a, position: 1 }, { item: b, position: 1, when: { placement: cart } }]
placements: { home: { pins: [{ item: c, position: 1 }] }, email: { exploration: 0.1 } }`)
  expect([pins(), pins('home'), pins('email'), pins('cart'), pins('other')]).toEqual(['a', 'c', 'a', 'a,b', 'a'])
  expect(rules.rulesFor('home', null).rules.maxCategoryShare).toBe(0.5)
  expect(rules.rulesFor('other', null)).toBe(rules.rulesFor(null, null))
})

const experiments = `
maxCategoryShare: 0.5
experiments:
  - name: spread
    variants: [{ name: control, share: 0.3 }, { name: wide, share: 0.7, rules: { maxCategoryShare: 0.2 } }]
  - name: chance
    placement: home
    from: 2026-11-01
    until: 2026-12-02
    variants: [{ name: none, share: 0.5 }, { name: some, share: 0.5, rules: { exploration: 0.1 } }]`

test('a user stays in one variant, variants get their shares, and experiments are independent', () => {
  const { rules } = inForce(experiments)
  const users = Array.from({ length: 4_000 }, (_, n) => `user-${n}`)
  const variants = users.map((user) => rules.rulesFor('home', user).variant!)
  expect(users.map((user) => rules.rulesFor('home', user).variant)).toEqual(variants)
  const share = (...names: string[]) =>
    variants.filter((one) => names.every((name) => one.split('+').includes(name))).length / users.length
  expect(share('spread~wide')).toBeCloseTo(0.7, 1)
  expect(share('chance~some')).toBeCloseTo(0.5, 1)
  expect(share('spread~wide', 'chance~some')).toBeCloseTo(0.35, 1)
  const wide = users.find((user) => rules.rulesFor(null, user).variant === 'spread~wide')!
  expect(rules.rulesFor(null, wide).rules).toMatchObject({ maxCategoryShare: 0.2 })
})

test('an experiment runs at its placement and in its time; nobody in particular takes part in none', async () => {
  const { rules, clock } = inForce(experiments)
  expect(rules.rulesFor('home', 'u').variant).toMatch(/^spread~(wide|control)\+chance~(none|some)$/)
  expect(rules.rulesFor('email', 'u').variant).toMatch(/^spread~(wide|control)$/)
  expect(rules.rulesFor('home', null)).toMatchObject({ variant: null, rules: { maxCategoryShare: 0.5 } })
  await clock.moveTo('2026-12-02T00:00:00Z')
  expect(rules.rulesFor('home', 'u').variant).toMatch(/^spread~(wide|control)$/)
})
