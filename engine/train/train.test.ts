import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { HiddenLayer } from '../kernels/hidden-layer.ts'
import { seededRandom } from '../math/random.ts'
import { defaultBlend, featureSet, linearScore } from '../rank/blend.ts'
import { featureCount } from '../rank/features.ts'
import { contextSums } from '../rank/neural-blend.ts'
import { sumIndex, sumsOfOneItem } from '../rank/sources.ts'
import { checkerboard } from '../test-builders.ts'
import { foldIn } from '../user/fold-in.ts'
import { chooseWeights } from './choose-weights.ts'
import { decodeModel, encodeModel } from './codec.ts'
import { factorize } from './ials.ts'
import { fitItemKnn } from './item-knn.ts'
import { fitItemRegression } from './item-regression.ts'
import type { ItemWeights } from './item-weights.ts'
import { fitLinear } from './linear-ranker.ts'
import { interactionMatrix, transpose } from './matrix.ts'
import type { NeuralBlend } from './model.ts'
import { expand, SampleCollector } from './samples.ts'
import { trainModel } from './train-model.ts'

function run<T>(work: Generator<unknown, T>): T {
  for (;;) {
    const step = work.next()
    if (step.done) return step.value
  }
}

const board = checkerboard(60, 20, 0.6, seededRandom(5))
const matrix = interactionMatrix(board)
const group = (column: number) => Number(board.itemIds[column]!.slice(1)) % 2

describe('the checkerboard: two kinds of users that never mix', () => {
  test('factors score the rest of the own kind above the other kind', () => {
    const factors = run(factorize(matrix, { dimensions: 2, alpha: 10, regularization: 1, rounds: 8, seed: 1 }))
    const row = 0
    const x = foldIn({ factors, dimensions: 2, foldIn: { alpha: 10, itemsMax: 50 } }, [row], [1])
    const score = (item: number) => x.reduce((sum, value, k) => sum + value * factors[item * 2 + k]!, 0)
    const own = [...board.itemIds.keys()].filter((c) => c !== row && group(c) === group(row)).map(score)
    const other = [...board.itemIds.keys()].filter((c) => group(c) !== group(row)).map(score)
    expect(Math.min(...own)).toBeGreaterThan(Math.max(...other))
  })

  const says = (weights: ItemWeights) => {
    for (let row = 0; row < board.itemIds.length; row++)
      for (let at = weights.starts[row]!; at < weights.starts[row + 1]!; at++)
        if (group(weights.targets[at]!) !== group(row)) expect(weights.weights[at]).toBeCloseTo(0, 6)
        else expect(weights.weights[at]).not.toBe(0)
    expect(weights.targets.length).toBeGreaterThan(100)
  }
  test('neighbors explain their own kind only', () => {
    says(
      run(
        fitItemRegression(matrix, {
          itemsMax: 100,
          candidates: 10,
          weightsMax: 10,
          regularization: 5,
          historyMax: 100,
        }),
      ),
    )
  })
  test('item kNN weights are of the own kind only', () => {
    says(run(fitItemKnn(matrix, { neighborsMax: 50, shrinkage: 1 })))
  })

  test('a whole model is trained, judged and published', () => {
    const outcome = run(trainModel(board, { version: 3, trainedAt: 7 }))
    expect(outcome.publish).toBe(true)
    expect(outcome.model).toMatchObject({
      version: 3,
      trainedAt: 7,
      stats: { users: 60, items: 20, events: board.size },
    })
    expect(outcome.candidate!.hr).toBeGreaterThan(0.5)
  })
})

test('training does not depend on ids, and is the same every time', () => {
  const renamed = {
    ...board,
    itemIds: board.itemIds.map((id) => `x${id}`),
    userIds: board.userIds.map((id) => `y${id}`),
  }
  const [a, b] = [board, renamed].map((log) => run(trainModel(log, { version: 1, trainedAt: 0 })).model)
  expect(b!.factors).toEqual(a!.factors)
  expect(b!.blend).toEqual(a!.blend)
})

test('a transposed matrix transposed again is the matrix', () => {
  expect(transpose(transpose(matrix))).toEqual(matrix)
})

test('an empty log gives an empty model without an error', () => {
  const { model, publish } = run(trainModel({ ...board, size: 0 }, { version: 1, trainedAt: 0 }))
  expect(publish).toBe(true)
  expect(decodeModel(encodeModel(model)).version).toBe(1)
})

describe('a model as bytes', () => {
  const { model } = run(trainModel(board, { version: 3, trainedAt: 7 }))
  test('comes back the same, from any place in a buffer', () => {
    const bytes = encodeModel({ ...model, blend: defaultBlend })
    const moved = new Uint8Array(bytes.length + 3)
    moved.set(bytes, 3)
    expect(decodeModel(moved.subarray(3))).toEqual({ ...model, blend: defaultBlend })
    expect(decodeModel(Buffer.from(bytes))).toEqual({ ...model, blend: defaultBlend })
  })
  test('is refused when cut short or of another kind', () => {
    const bytes = encodeModel(model)
    fc.assert(
      fc.property(fc.nat(bytes.length - 9), (length) => {
        expect(() => decodeModel(bytes.subarray(0, length))).toThrow(Error)
      }),
    )
    expect(() => decodeModel(new Uint8Array(64))).toThrow('expected a model')
  })
})

test('a linear blend finds the feature that tells the right candidate, and nothing speaks against one', () => {
  const random = seededRandom(3)
  const collector = new SampleCollector(10)
  for (let q = 0; q < 400; q++) {
    const features = Float32Array.from({ length: 12 * featureCount }, () => random())
    let right = 0
    for (let c = 0; c < 12; c++) if (features[c * featureCount + 2]! > features[right * featureCount + 2]!) right = c
    collector.add(
      {
        features,
        scores: new Float64Array(12),
        count: 12,
        isInSession: q % 2 === 0,
        isBrowsing: false,
        recents: 3,
        askedAt: q,
      },
      [right],
    )
  }
  const samples = collector.build()
  for (const focus of [0, 0.5]) {
    const weights = fitLinear(samples, expand(samples), { rounds: 20, learningRate: 0.1, weightDecay: 0.001, focus })
    const probe = new Float32Array(2 * featureCount)
    probe[2] = 1
    expect(linearScore(weights, probe, 0)).toBeGreaterThan(linearScore(weights, probe, featureCount) + 3)
    expect(Math.min(...weights)).toBe(0)
  }
  expect(featureSet.split(' ')).toHaveLength(featureCount)
})

test('weights for a session and for its start are told apart where samples differ', () => {
  const random = seededRandom(4)
  const collector = new SampleCollector(100)
  for (let q = 0; q < 1200; q++) {
    const features = Float32Array.from({ length: 30 * featureCount }, () => random())
    const telling = q % 2
    let right = 0
    for (let c = 0; c < 30; c++)
      if (features[c * featureCount + telling]! > features[right * featureCount + telling]!) right = c
    collector.add(
      {
        features,
        scores: new Float64Array(30),
        count: 30,
        isInSession: telling === 1,
        isBrowsing: false,
        recents: 3,
        askedAt: q,
      },
      [right],
    )
  }
  const { atStart, inSession } = chooseWeights(collector.build(), 100).best!
  const sum = (weights: Float32Array | null, f: number) => weights![f]! + weights![featureCount + f]!
  expect(sum(atStart, 0)).toBeGreaterThan(10 * sum(atStart, 1))
  expect(sum(inSession, 1)).toBeGreaterThan(10 * sum(inSession, 0))
})

test('a hidden layer finds what no linear blend can say: two sources of which only one may speak', () => {
  const random = seededRandom(5)
  const collector = new SampleCollector(100)
  for (let q = 0; q < 1500; q++) {
    const features = new Float32Array(20 * featureCount)
    // One candidate has one of two features, the others both of them or none.
    const right = Math.floor(random() * 20)
    for (let c = 0; c < 20; c++) {
      const [first, second] = c === right ? [q % 2, 1 - (q % 2)] : random() < 0.5 ? [1, 1] : [0, 0]
      features.set([first!, second!], c * featureCount)
    }
    collector.add(
      {
        features,
        scores: new Float64Array(20),
        count: 20,
        isInSession: false,
        isBrowsing: false,
        recents: q % 12,
        askedAt: q,
      },
      [right],
    )
  }
  const samples = collector.build()
  const chosen = chooseWeights(samples, 100).best!
  const isFirst = (neural: NeuralBlend | null): number => {
    let first = 0
    for (let q = 0; q < 100; q++) {
      const from = samples.from[q]!
      const count = samples.to[q]! - from
      const features = samples.features.subarray(from * featureCount, (from + count) * featureCount)
      const scores = Float64Array.from({ length: count }, (_, c) =>
        linearScore(chosen.atStart!, features, c * featureCount),
      )
      if (neural !== null) {
        const base = contextSums(neural, { recents: q % 12, isInSession: false })
        new HiddenLayer(count, featureCount).run(neural, base, features, count, scores)
      }
      if (scores.indexOf(Math.max(...scores)) === samples.relevant[q]! - from) first++
    }
    return first
  }
  expect(isFirst(null)).toBeLessThan(20)
  expect(chosen.neural).not.toBeNull()
  expect(isFirst(chosen.neural)).toBe(100)
})

test('a hidden layer that adds nothing on the latest queries is left out', () => {
  const random = seededRandom(6)
  const collector = new SampleCollector(100)
  for (let q = 0; q < 1500; q++) {
    const features = Float32Array.from({ length: 20 * featureCount }, () => random())
    // Drawn by a softmax of one feature: a linear blend says all that can be said.
    const drawn = Array.from({ length: 20 }, (_, c) => 6 * features[c * featureCount]! - Math.log(-Math.log(random())))
    const right = drawn.indexOf(Math.max(...drawn))
    collector.add(
      {
        features,
        scores: new Float64Array(20),
        count: 20,
        isInSession: true,
        isBrowsing: false,
        recents: 5,
        askedAt: q,
      },
      [right],
    )
  }
  expect(chooseWeights(collector.build(), 100).best!.neural).toBeNull()
})

test('linear weights read the sums of one item only together with a hidden layer', () => {
  const random = seededRandom(7)
  const single = sumsOfOneItem[0]!
  const [first, second] = [sumIndex.session, sumIndex.ever]
  // Two sources of which only one may speak, as above, or that tell nothing; and two that tell the same.
  const choose = (needsLayer: boolean) => {
    const collector = new SampleCollector(100)
    for (let q = 0; q < 1500; q++) {
      const features = new Float32Array(20 * featureCount)
      const right = Math.floor(random() * 20)
      for (let c = 0; c < 20; c++) {
        const at = c * featureCount
        const isRight = c === right
        features[at + single] = features[at + sumIndex.next] = isRight || random() < 0.3 ? 1 : 0
        features[at + first] = random() < 0.5 ? 1 : 0
        features[at + second] = isRight && needsLayer ? 1 - features[at + first]! : features[at + first]!
      }
      const list = { features, scores: new Float64Array(20), count: 20, isBrowsing: false, recents: 5, askedAt: q }
      collector.add({ ...list, isInSession: true }, [right])
    }
    return chooseWeights(collector.build(), 100)
  }
  const weightOf = (weights: Float32Array, feature: number) => weights[feature]! + weights[featureCount + feature]!
  const { linear, best } = choose(true)
  expect(best!.neural).not.toBeNull()
  expect(weightOf(best!.inSession!, single)).toBeGreaterThan(0)
  expect(linear!.neural).toBeNull()
  expect(weightOf(linear!.inSession!, single)).toBe(0)
  expect(weightOf(linear!.inSession!, sumIndex.next)).toBeGreaterThan(1)
  const without = choose(false)
  expect(without.best).toBe(without.linear)
  expect(weightOf(without.best!.inSession!, single)).toBe(0)
})
