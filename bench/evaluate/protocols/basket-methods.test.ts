import { expect, test } from 'vitest'
import { type Baskets, tifuKnn, upCf } from './basket-methods.ts'

const oneGroup = { groupSize: 2, withinDecay: 0.5, groupDecay: 0.5, neighbors: 1, ownShare: 1 }

test('TIFU-kNN: own frequency fades by basket and by group, and neighbors add what they buy', () => {
  // Weights of user 0, newest first: 1, 0.5 within the newest group, 0.5, 0.25 in the one before.
  const users: Baskets[] = [
    [[0], [0], [1, 2], [1]],
    [[1], [1, 3]],
    [[4], [4]],
  ]
  expect(tifuKnn(users, 5, oneGroup).top(0, 5)).toEqual([1, 0, 2])
  expect(tifuKnn(users, 5, { ...oneGroup, ownShare: 0.5 }).top(0, 5)).toEqual([1, 3, 0, 2])
  expect(tifuKnn(users, 5, { ...oneGroup, ownShare: 0.5 }).top(2, 1)).toEqual([4])
})

test('UP-CF: only the latest baskets count, and similar users add their share', () => {
  const users: Baskets[] = [[[0], [1], [1, 2]], [[1, 3]], [[4]]]
  const options = { recency: 2, locality: 1, asymmetry: 0.5 }
  // User 0: {1: 1, 2: ½}; user 1: {1: 1, 3: 1}, cosine 1 / √(1.25 · 2) = .63.
  expect(upCf(users, 5, options).top(0, 5)).toEqual([1, 3, 2])
  expect(upCf(users, 5, { ...options, locality: 3 }).top(0, 5)).toEqual([1, 2, 3])
  expect(upCf(users, 5, { ...options, recency: 9 }).top(0, 5)).toContain(0)
})
