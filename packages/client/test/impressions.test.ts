import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { observeImpressions } from '../src/impressions.ts'

/** An element of the page, as far as an observer looks at it. */
const elementOf = (item: string) => ({ dataset: { item } }) as unknown as Element

let sees: (entries: readonly (readonly [Element, boolean])[]) => void

class FakeObserver {
  constructor(callback: (entries: object[]) => void) {
    sees = (entries) => callback(entries.map(([target, isIntersecting]) => ({ target, isIntersecting })))
  }
  observe = () => {}
  disconnect = () => {}
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  vi.stubGlobal('IntersectionObserver', FakeObserver)
})
afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

const listOf = (id: string, ...items: string[]) => ({ id, picks: items.map((item) => ({ item: { id: item } })) })

type List = ReturnType<typeof listOf>

function observing() {
  const seen: string[] = []
  const observer = observeImpressions<List>({
    onSeen: ({ id }, items) => seen.push(...items.map(({ itemId, position }) => `${id} ${itemId} ${position}`)),
  })
  return { seen, observer }
}

/** Longer than an item has to be in view. */
const aWhile = () => vi.advanceTimersByTime(1_500)

test('an item in view for a second is seen once a list, with its place; one that only passes is not', () => {
  const { seen, observer } = observing()
  const [a, b] = [elementOf('a'), elementOf('b')]
  observer.show(listOf('one', 'a', 'b'), [a, b])
  sees([
    [a, true],
    [b, true],
  ])
  vi.advanceTimersByTime(500)
  sees([[b, false]])
  aWhile()
  sees([[a, true]])
  aWhile()
  expect(seen).toEqual(['one a 1'])
})

test('an item that stays in view is seen again in a newer list only after it was out of view', () => {
  const { seen, observer } = observing()
  const a = elementOf('a')
  for (const list of ['one', 'two']) {
    observer.show(listOf(list, 'a'), [a])
    sees([[a, true]])
    aWhile()
  }
  expect(seen).toEqual(['one a 1'])
  sees([[a, false]])
  sees([[a, true]])
  aWhile()
  expect(seen).toEqual(['one a 1', 'two a 1'])
})

test('an item is in view although another element of it is on its way out', () => {
  const { seen, observer } = observing()
  const [leaving, a] = [elementOf('a'), elementOf('a')]
  observer.show(listOf('one', 'a'), [leaving, a])
  sees([
    [a, true],
    [leaving, true],
  ])
  vi.advanceTimersByTime(500)
  sees([[leaving, false]])
  aWhile()
  expect(seen).toEqual(['one a 1'])
})
