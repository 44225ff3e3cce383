import { hiddenUnits } from '../kernels/hidden-layer.ts'
import { seededRandom } from '../math/random.ts'
import { featureCount } from '../rank/features.ts'
import { inputCount, knownShare } from '../rank/neural-blend.ts'
import type { NeuralBlend } from './model.ts'
import type { RankSamples } from './samples.ts'

export interface NeuralOptions {
  /** Passes over the samples. */
  readonly rounds: number
  /** Step size of Adam at the beginning; it falls to 0. */
  readonly pace: number
  /** Pull of every parameter towards 0. */
  readonly shrink: number
  readonly seed: number
}

const batchSize = 32
const width = hiddenUnits
/** A prime: a fixed stride through the samples mixes early and late ones without a shuffle. */
const sampleStride = 7919

/**
 * Fits a hidden layer to what a linear blend leaves unexplained: the listwise softmax loss (Cao et al., ICML 2007) of
 * linear score plus layer, the linear part held fixed, by Adam (Kingma and Ba, 2015).
 *
 * @param x the samples as `expand` gives them
 * @param linear the linear score of each candidate
 * @param from parameters to go on from; left out: drawn from `seed`
 */
export function fitNeural(
  samples: RankSamples,
  x: Float32Array,
  linear: Float64Array,
  options: NeuralOptions,
  from?: NeuralBlend,
): NeuralBlend {
  const layer = new Layer(options.seed, from)
  let step = 0
  const steps = options.rounds * Math.ceil(samples.size / batchSize)
  for (let round = 0; round < options.rounds; round++) {
    for (let begin = 0; begin < samples.size; begin += batchSize) {
      const end = Math.min(samples.size, begin + batchSize)
      for (let b = begin; b < end; b++) layer.climb(samples, (b * sampleStride) % samples.size, x, linear)
      layer.step(end - begin, options.pace * (1 - step / steps), options.shrink, ++step)
    }
  }
  return layer.blend
}

/** Returns a function that writes to `out` what the layer adds to the score of each candidate of one query. */
export function neuralScorer(
  blend: NeuralBlend,
  samples: RankSamples,
  x: Float32Array,
): (query: number, out: Float64Array) => void {
  const layer = new Layer(1, blend)
  return (query, out) =>
    layer.forward(samples, query, x, (c, score) => {
      out[c] = score
    })
}

class Layer {
  readonly blend: NeuralBlend
  private readonly parameters: readonly Float32Array[]
  private readonly gradients: readonly Float64Array[]
  private readonly means: readonly Float64Array[]
  private readonly squares: readonly Float64Array[]
  private hidden = new Float64Array(0)
  private scores = new Float64Array(0)

  constructor(seed: number, from?: NeuralBlend) {
    const random = seededRandom(seed)
    const draw = (length: number, scale: number) =>
      from === undefined ? Float32Array.from({ length }, () => (2 * random() - 1) * scale) : new Float32Array(length)
    this.blend = {
      input: from?.input.slice() ?? draw(inputCount * width, Math.sqrt(3 / inputCount)),
      bias: from?.bias.slice() ?? new Float32Array(width),
      output: from?.output.slice() ?? draw(width, 0.2),
    }
    this.parameters = [this.blend.input, this.blend.bias, this.blend.output]
    this.gradients = this.parameters.map(({ length }) => new Float64Array(length))
    this.means = this.parameters.map(({ length }) => new Float64Array(length))
    this.squares = this.parameters.map(({ length }) => new Float64Array(length))
  }

  /** Calls `each` with every candidate of a query, counted from 0, and what the layer adds; keeps the hidden units. */
  forward(
    samples: RankSamples,
    query: number,
    x: Float32Array,
    each: (candidate: number, score: number) => void,
  ): void {
    const { input, bias, output } = this.blend
    const from = samples.from[query]!
    const count = samples.to[query]! - from
    if (count * width > this.hidden.length) this.hidden = new Float64Array(count * width * 2)
    const hidden = this.hidden
    const known = knownShare(samples.recents[query]!)
    const isIn = samples.inSession[query]!
    for (let c = 0; c < count; c++) {
      const to = c * width
      for (let h = 0; h < width; h++) {
        hidden[to + h] =
          bias[h]! + known * input[2 * featureCount * width + h]! + isIn * input[(2 * featureCount + 1) * width + h]!
      }
      for (let f = 0, at = (from + c) * 2 * featureCount; f < 2 * featureCount; f++, at++) {
        const value = x[at]!
        if (value === 0) continue
        for (let h = 0, a = f * width; h < width; h++, a++) hidden[to + h]! += input[a]! * value
      }
      let score = 0
      for (let h = 0; h < width; h++) {
        if (hidden[to + h]! > 0) score += output[h]! * hidden[to + h]!
        else hidden[to + h] = 0
      }
      each(c, score)
    }
  }

  /** Adds one query's gradient of the loss. */
  climb(samples: RankSamples, query: number, x: Float32Array, linear: Float64Array): void {
    const { output } = this.blend
    const [input, bias, out] = this.gradients as [Float64Array, Float64Array, Float64Array]
    const from = samples.from[query]!
    const count = samples.to[query]! - from
    const right = samples.relevant[query]! - from
    if (count > this.scores.length) this.scores = new Float64Array(count * 2)
    const p = this.scores
    let most = -Infinity
    this.forward(samples, query, x, (c, score) => {
      p[c] = score + linear[from + c]!
      if (p[c]! > most) most = p[c]!
    })
    let sum = 0
    for (let c = 0; c < count; c++) sum += p[c] = Math.exp(p[c]! - most)
    const known = knownShare(samples.recents[query]!)
    const isIn = samples.inSession[query]!
    const hidden = this.hidden
    for (let c = 0; c < count; c++) {
      const g = p[c]! / sum - (c === right ? 1 : 0)
      if (Math.abs(g) < gradientMin) continue
      const to = c * width
      for (let h = 0; h < width; h++) {
        const unit = hidden[to + h]!
        if (unit <= 0) {
          back[h] = 0
          continue
        }
        out[h]! += g * unit
        const b = (back[h] = g * output[h]!)
        bias[h]! += b
        input[2 * featureCount * width + h]! += b * known
        input[(2 * featureCount + 1) * width + h]! += b * isIn
      }
      for (let f = 0, at = (from + c) * 2 * featureCount; f < 2 * featureCount; f++, at++) {
        const value = x[at]!
        if (value === 0) continue
        for (let h = 0, a = f * width; h < width; h++, a++) input[a]! += back[h]! * value
      }
    }
  }

  /** One step of Adam against the mean gradient of `queries`. */
  step(queries: number, pace: number, shrink: number, step: number): void {
    for (const [k, parameters] of this.parameters.entries()) {
      const gradient = this.gradients[k]!
      const mean = this.means[k]!
      const square = this.squares[k]!
      for (let i = 0; i < parameters.length; i++) {
        const g = gradient[i]! / queries + shrink * parameters[i]!
        gradient[i] = 0
        mean[i] = 0.9 * mean[i]! + 0.1 * g
        square[i] = 0.99 * square[i]! + 0.01 * g * g
        const unbiased = mean[i]! / (1 - 0.9 ** step)
        parameters[i]! -= (pace * unbiased) / (Math.sqrt(square[i]! / (1 - 0.99 ** step)) + 1e-8)
      }
    }
  }
}

const gradientMin = 1e-6
const back = new Float64Array(256)
