import type { DesignMatrix } from '../kernels/design-matrix.ts'
import { hiddenUnits } from '../kernels/hidden-layer.ts'
import { seededRandom } from '../math/random.ts'
import { featureCount } from '../rank/features.ts'
import { inputCount, knownShare } from '../rank/neural-blend.ts'
import { Adam } from './adam.ts'
import type { NeuralBlend } from './model.ts'
import type { RankSamples } from './samples.ts'
import { sampleStride, softmaxFactors } from './softmax-loss.ts'

export interface NeuralOptions {
  /** Passes over the samples. */
  readonly rounds: number
  /** Step size of Adam at the beginning; it decreases linearly to 0. */
  readonly learningRate: number
  /** L2 regularization. */
  readonly weightDecay: number
  readonly seed: number
}

const batchSize = 32
const width = hiddenUnits
const featureRows = 2 * featureCount
const knownRow = featureRows
const sessionRow = knownRow + 1

/**
 * Fits a hidden layer to what a linear blend leaves unexplained: the listwise softmax loss (Cao et al., ICML 2007) of
 * linear score plus layer, the linear part held fixed, by Adam (Kingma and Ba, 2015).
 *
 * @param x the samples as `expand` gives them
 * @param linear the linear score of each candidate
 * @param from initial parameters. Default: random, from `seed`
 */
export function fitNeural(
  samples: RankSamples,
  x: DesignMatrix,
  linear: Float32Array,
  options: NeuralOptions,
  from?: NeuralBlend,
): NeuralBlend {
  const layer = new Layer(x, options.seed, from)
  let step = 0
  const steps = options.rounds * Math.ceil(samples.size / batchSize)
  for (let round = 0; round < options.rounds; round++) {
    for (let begin = 0; begin < samples.size; begin += batchSize) {
      const end = Math.min(samples.size, begin + batchSize)
      for (let b = begin; b < end; b++) layer.addGradient(samples, (b * sampleStride) % samples.size, linear)
      layer.step(end - begin, options.learningRate * (1 - step / steps), options.weightDecay, ++step)
    }
  }
  return layer.blend
}

/** Returns a function that adds the score of the layer to `scores` for each candidate of one query. */
export function neuralScorer(
  blend: NeuralBlend,
  samples: RankSamples,
  x: DesignMatrix,
): (query: number, scores: Float64Array) => void {
  const layer = new Layer(x, 1, blend)
  return (query, scores) => {
    layer.forward(samples, query)
    const count = samples.to[query]! - samples.from[query]!
    for (let c = 0; c < count; c++) scores[c]! += x.scores[c]!
  }
}

class Layer {
  readonly blend: NeuralBlend
  private readonly parameters: readonly Float32Array[]
  private readonly gradients: readonly Float64Array[]
  private readonly adams: readonly Adam[]

  constructor(
    private readonly x: DesignMatrix,
    seed: number,
    from?: NeuralBlend,
  ) {
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
    this.adams = this.parameters.map(({ length }) => new Adam(length))
    this.writeParameters()
  }

  /** Writes the scores of the layer for the candidates of a query to `x.scores`. */
  forward(samples: RankSamples, query: number): void {
    const { input, bias } = this.blend
    const { base } = this.x.layer
    const known = knownShare(samples.recents[query]!)
    const isIn = samples.inSession[query]!
    for (let h = 0; h < width; h++) {
      base[h] = bias[h]! + known * input[knownRow * width + h]! + isIn * input[sessionRow * width + h]!
    }
    const from = samples.from[query]!
    this.x.forward(from, samples.to[query]! - from)
  }

  /** Adds the gradient of log p of one query's relevant candidate. */
  addGradient(samples: RankSamples, query: number, linear: Float32Array): void {
    const { x } = this
    const [input, bias] = this.gradients as [Float64Array, Float64Array]
    const from = samples.from[query]!
    const count = samples.to[query]! - from
    this.forward(samples, query)
    for (let c = 0; c < count; c++) x.scores[c]! += linear[from + c]!
    softmaxFactors(samples, query, x)
    const { base } = x.layerGradient
    base.fill(0)
    x.backward(from, count)
    const known = knownShare(samples.recents[query]!)
    const isIn = samples.inSession[query]!
    for (let h = 0; h < width; h++) {
      bias[h]! += base[h]!
      input[knownRow * width + h]! += base[h]! * known
      input[sessionRow * width + h]! += base[h]! * isIn
    }
  }

  /** One step of gradient ascent by Adam on the mean gradient of `queries`. */
  step(queries: number, learningRate: number, weightDecay: number, step: number): void {
    this.collect()
    for (const [k, parameters] of this.parameters.entries()) {
      const gradient = this.gradients[k]!
      const adam = this.adams[k]!
      for (let i = 0; i < parameters.length; i++) {
        const g = gradient[i]! / queries - weightDecay * parameters[i]!
        gradient[i] = 0
        parameters[i]! += adam.ascend(i, g, learningRate, step)
      }
    }
    this.writeParameters()
  }

  /** Moves the sums of `backward` since the last step into the gradients. */
  private collect(): void {
    const { input, output } = this.x.layerGradient
    const [inputs, , outputs] = this.gradients as [Float64Array, Float64Array, Float64Array]
    for (let i = 0; i < featureRows * width; i++) inputs[i]! += input[i]!
    for (let h = 0; h < width; h++) outputs[h]! += output[h]!
    input.fill(0)
    output.fill(0)
  }

  /** Copies the parameters to the buffers that the kernel reads. */
  private writeParameters(): void {
    this.x.layer.input.set(this.blend.input.subarray(0, featureRows * width))
    this.x.layer.output.set(this.blend.output)
  }
}
