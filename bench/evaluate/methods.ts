import type { RecommendOptions } from '../../engine/lists/options.ts'
import { weightsOf } from '../../engine/rank/blend.ts'
import { featureNames } from '../../engine/rank/features.ts'
import { sumNames, sumsOfOneItem } from '../../engine/rank/sources.ts'

/** Features of one source, to exclude the whole source. */
const featureGroups: Record<string, readonly string[]> = {
  sequence: ['last', 'next', 'fresh', 'session', 'back', ...sumsOfOneItem.map((sum) => sumNames[sum]!)],
  trends: ['hour', 'day', 'week', 'month', 'year', 'foundDay', 'foundWeek', 'foundMonth', 'total'],
  trained: ['itemRegression', 'itemKnn', 'taste'],
  items: ['content', 'category', 'new', 'price'],
}
const wholeMethods = ['popular', 'untrained', 'pickstream']

export type Reweighing = Pick<RecommendOptions, 'adjustWeights' | 'without'>

/**
 * Returns how a method changes the learned weights. `pickstream`: nothing, the whole recommender; `untrained`: the
 * same without a model; a feature: that one alone; `-` and a feature or a group of them: all but that (the other
 * weights stay as they were learned).
 *
 * @throws Error naming the unknown method
 */
export function reweighing(method: string): Reweighing {
  if (wholeMethods.includes(method)) return {}
  const left = method.startsWith('-')
  const name = left ? method.slice(1) : method
  const features = left && featureGroups[name] ? featureGroups[name] : [name]
  const places = features.map((feature) => (featureNames as readonly string[]).indexOf(feature))
  if (places.includes(-1))
    throw new Error(
      `--methods: expected ${[...wholeMethods, ...featureNames].join(', ')}, or - and a feature or one of ${Object.keys(featureGroups).join(', ')}; got ${method}`,
    )
  if (!left) {
    const alone = weightsOf({ [name]: 1 })
    return { adjustWeights: () => alone }
  }
  return { without: places }
}
