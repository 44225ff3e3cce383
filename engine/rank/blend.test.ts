import { expect, test } from 'vitest'
import { logCurve } from '../math/curve.ts'
import { defaultWeights, linearScore, weightsOf } from './blend.ts'
import { featureCount, featureNames } from './features.ts'

const only = (name: (typeof featureNames)[number], x: number) => {
  const features = new Float32Array(featureCount)
  features[featureNames.indexOf(name)] = x
  return features
}

test('a weight is of the feature as it is, or of that and of the curved one', () => {
  const weights = weightsOf({ next: 0.5, ever: [0.25, 2] })
  expect(linearScore(weights, only('next', 0.5), 0)).toBeCloseTo(0.25, 5)
  expect(linearScore(weights, only('ever', 0.5), 0)).toBeCloseTo(0.125 + 2 * logCurve(0.5), 5)
  expect(linearScore(weights, only('taste', 1), 0)).toBe(0)
})

test('before the first training a sequence counts more than a trend, and more within a session than at its start', () => {
  const of = (isInSession: boolean, isBrowsing = false) => defaultWeights({ recents: 3, isInSession, isBrowsing })
  const [atStart, inSession, browsing] = [of(false), of(true), of(true, true)]
  for (const weights of [atStart, inSession, browsing]) {
    expect(linearScore(weights, only('next', 1), 0)).toBeGreaterThan(3 * linearScore(weights, only('day', 1), 0))
  }
  const share = (weights: Float32Array) =>
    linearScore(weights, only('back', 0.1), 0) / linearScore(weights, only('month', 0.1), 0)
  expect(share(inSession)).toBeGreaterThan(2 * share(atStart))
  expect(share(browsing)).toBeGreaterThan(2 * share(inSession))
})

test('of a visitor of whom nothing is known, the day says more than at the start of another visit', () => {
  const day = only('day', 1)
  const share = (recents: number) => {
    const weights = defaultWeights({ recents, isInSession: false, isBrowsing: false })
    return linearScore(weights, day, 0) / linearScore(weights, only('month', 1), 0)
  }
  expect(share(0)).toBeGreaterThan(1.5 * share(1))
})
