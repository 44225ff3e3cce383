import { defaultBlend, EDITION, linearScore } from '../rank/blend.ts'
import { F } from '../rank/features.ts'
import type { Recommender } from '../recommender.ts'
import type { Interaction } from '../types.ts'
import type { UserSnapshot } from '../user/snapshot.ts'
import { FiguresSum } from './figures.ts'
import { fitLinear } from './linear-ranker.ts'
import type { Blend, Figures } from './model.ts'
import { type RankSamples, SampleCollector, sliceSamples } from './samples.ts'

/** Usable queries below which nothing is learned. */
const QUERIES_MIN = 200
/** The latest share of the queries, which decides between blends. */
const JUDGING = 0.25

/** Collects judged queries along a walk of the log. */
export class BlendLearner {
  private readonly collector = new SampleCollector(100_000)
  /** Also of queries that taught nothing, since the right item was no candidate. */
  asked = 0

  ask(recommender: Recommender, user: UserSnapshot, event: Interaction): void {
    this.asked++
    const found = recommender.candidates(user, { now: event.at })
    const target = found.find(event.itemId)
    let place = -1
    for (let c = 0; c < found.count && place < 0; c++) if (found.items[c] === target) place = c
    this.collector.add(found.features, found.scores, found.count, place, found.inSession)
  }

  /** The blend that wins on the latest queries; null where there were too few to learn from, or nothing beats the defaults. */
  learn(): Blend | null {
    const all = this.collector.build()
    if (all.size < QUERIES_MIN) return null
    const cut = Math.floor(all.size * (1 - JUDGING))
    const past = sliceSamples(all, 0, cut)
    const latest = sliceSamples(all, cut, all.size)
    let best: { prior: Prior; contexts: boolean } | null = null
    let most = judge(latest, defaultBlend()).ndcg
    for (const prior of PRIORS)
      for (const contexts of [false, true]) {
        const { ndcg } = judge(latest, fitBlend(past, prior, contexts))
        if (ndcg > most * MARGIN) {
          most = ndcg
          best = { prior, contexts }
        }
      }
    return best === null ? null : fitBlend(all, best.prior, best.contexts)
  }
}

/** What weights are pulled to, and how strongly: the defaults where the log says much, nothing where it says little. */
interface Prior {
  start: 'defaults' | 'zero'
  shrink: number
}

const PRIORS: readonly Prior[] = [
  { start: 'defaults', shrink: 0.003 },
  { start: 'zero', shrink: 0.03 },
  { start: 'zero', shrink: 0.15 },
]

/** A more complicated choice must win by more than chance gives it. */
const MARGIN = 1.002

/** One set of weights, or one per context that starts from the common one. */
function fitBlend(samples: RankSamples, prior: Prior, contexts: boolean): Blend {
  const sharpness = prior.start === 'zero' ? 0 : SHARPNESS
  const start = defaultBlend().linear.inSession.map((weight) => weight * sharpness)
  const common = fitLinear(samples, start, { rounds: 10, pace: 0.05, shrink: prior.shrink })
  const weights = { atStart: common, inSession: common }
  if (contexts)
    for (const context of ['atStart', 'inSession'] as const) {
      const part = samplesWithin(samples, context === 'inSession' ? 1 : 0)
      if (part.size >= QUERIES_MIN)
        weights[context] = fitLinear(part, common, { rounds: 8, pace: 0.02, shrink: Math.max(0.003, prior.shrink) })
    }
  return { features: EDITION, linear: weights }
}

/** The default weights are made for scores of about 1; a softmax wants them sharper. */
const SHARPNESS = 4

function samplesWithin(samples: RankSamples, inSession: 0 | 1): RankSamples {
  const collector = new SampleCollector(100_000)
  for (let q = 0; q < samples.size; q++) {
    if (samples.inSession[q] !== inSession) continue
    const from = samples.starts[q]!
    const to = samples.starts[q + 1]!
    const scores = new Float64Array(to - from)
    collector.add(samples.features.subarray(from * F, to * F), scores, to - from, samples.right[q]!, inSession === 1)
  }
  return collector.build()
}

function judge(samples: RankSamples, blend: Blend): Figures {
  const sum = new FiguresSum()
  for (let q = 0; q < samples.size; q++) {
    const weights = samples.inSession[q] === 1 ? blend.linear.inSession : blend.linear.atStart
    const from = samples.starts[q]!
    const right = linearScore(weights, samples.features, (from + samples.right[q]!) * F)
    let rank = 1
    for (let c = from; c < samples.starts[q + 1]!; c++)
      if (linearScore(weights, samples.features, c * F) > right) rank++
    sum.add(rank)
  }
  return sum.figures
}
