import { splitAt } from '../../engine/train/evaluate-candidate.ts'
import { prefixOf, type TrainingLog } from '../../engine/train/log.ts'
import type { WalkMode } from '../../engine/train/test-then-train.ts'
import { trainModel } from '../../engine/train/train-model.ts'
import type { Progress } from './progress.ts'
import type { Report } from './report.ts'
import { walkOnce } from './walk.ts'

export interface EvaluateOptions {
  readonly mode: WalkMode
  /** See `reweighing`. */
  readonly methods: readonly string[]
  /** `live`, `nightly`, `frozen` or a lag such as `10s`. */
  readonly freshnesses: readonly string[]
  /** Approximate number of scored events that are queried, spread evenly; at most all. */
  readonly queriesMax: number
  /** See TrainOptions.queriesMax. */
  readonly trainingQueriesMax?: number
}

/** Share of the log that is history: the model is trained on it, the rest is evaluated. */
const historyShare = 0.8

/** Trains on the history of a log and walks the rest by test-then-learn, once for every freshness. */
export function evaluateLog(log: TrainingLog, options: EvaluateOptions, progress: Progress): Omit<Report, 'data'> {
  const { mode, methods, freshnesses, queriesMax, trainingQueriesMax } = options
  const from = splitAt(log, historyShare)
  const begun = performance.now()
  const needsModel = methods.some((name) => name !== 'popular' && name !== 'untrained')
  const training = () =>
    trainModel(prefixOf(log, from), {
      version: 1,
      trainedAt: log.times[from - 1]!,
      ...(trainingQueriesMax !== undefined && { queriesMax: trainingQueriesMax }),
    })
  const trained = needsModel ? progress.run('train', training(), ({ phase, done }) => ({ label: phase, done })) : null
  const model = trained?.model ?? null
  const report: Omit<Report, 'data'> = {
    mode,
    events: log.size,
    scored: 0,
    methods: Object.fromEntries(methods.map((method) => [method, {}])),
    timings: { trainSeconds: (performance.now() - begun) / 1000, microsPerEvent: 0, microsPerQuery: {} },
    training: { validation: trained?.candidate ?? null, reason: trained?.reason ?? 'nothing to train' },
  }
  for (const freshness of freshnesses) {
    // The model is set for `pickstream` only; `untrained` has its own replay.
    for (const [group, served] of [
      [methods.filter((name) => name !== 'untrained'), model],
      [methods.filter((name) => name === 'untrained'), null],
    ] as const) {
      if (group.length === 0) continue
      const asked = group.map((name) => (name === 'untrained' ? 'pickstream' : name))
      const walk = walkOnce(log, served, { mode, from, freshness, methods: asked, queriesMax })
      const { results, microsPerEvent } = progress.run(`${freshness} ${group.join(' ')}`, walk, (done) => {
        return { label: freshness, done }
      })
      for (const name of group) {
        const result = results.get(name === 'untrained' ? 'pickstream' : name)!
        report.methods[name]![freshness] = result
        report.scored = Math.max(report.scored, result.n)
        if (freshness === freshnesses[0]) report.timings.microsPerQuery[name] = result.microsPerQuery
      }
      if (served !== null && freshness === freshnesses[0]) report.timings.microsPerEvent = microsPerEvent
    }
  }
  return report
}
