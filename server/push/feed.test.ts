import { expect, test } from 'vitest'
import { type Feed, FeedSource, type FeedValue } from './feed.ts'

function aSource(since?: string) {
  let emit: (value: FeedValue<string>) => void = () => {}
  let open = 0
  const feed: Feed<string> = {
    key: 'feed',
    since,
    open: (to) => {
      open++
      emit = to
      return { close: () => void open-- }
    },
  }
  const iterator = new FeedSource(feed)[Symbol.asyncIterator]()
  return { iterator, emit: (value: string, revision?: string) => emit({ value, revision }), open: () => open }
}

test('whoever asks late gets the newest only', async () => {
  const { iterator, emit } = aSource()
  for (const value of ['a', 'b', 'c']) emit(value)
  expect(await iterator.next()).toEqual({ done: false, value: 'c' })
  const next = iterator.next()
  emit('d')
  expect(await next).toEqual({ done: false, value: 'd' })
})

test('what is not newer than `since` is left out', async () => {
  const { iterator, emit } = aSource('5')
  emit('old', '4')
  emit('same', '5')
  const next = iterator.next()
  emit('new', '6')
  expect(await next).toEqual({ done: false, value: 'new' })
})

test('leaving closes the feed and ends a wait', async () => {
  const { iterator, open } = aSource()
  const next = iterator.next()
  await iterator.return?.()
  expect(await next).toEqual({ done: true, value: undefined })
  expect(open()).toBe(0)
})
