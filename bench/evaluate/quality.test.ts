import { existsSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { eventAt, type TrainingLog, TrainingLogBuilder } from '../../engine/train/log.ts'
import type { WalkMode } from '../../engine/train/test-then-train.ts'
import { evaluateLog } from './evaluate-log.ts'
import { generatedBaskets, generatedClicks } from './generated-logs.ts'
import { Progress } from './progress.ts'
import { filesOf, readLog } from './read-log.ts'
import type { MethodResult } from './walk.ts'

/**
 * The quality of the lists on fixed samples of about 3,000 queries must not fall by more than two standard errors below what was measured when `measured`
 * was last set. Raise the figures with every gain: what the test prints when it fails is what to write.
 */
const queries = 3000
/** Fewer than a shop's training reads: all logs together take about 35 s of processor time. */
const trainingQueriesMax = 300
const shared = new URL('../../../shared/data/', import.meta.url)
/** Newest events of a real log: training on all of it takes minutes. */
const newestEvents = 25_000

interface Baseline {
  readonly hr: number
  readonly ndcg: number
}

/** The figures that fell by more than two standard errors; empty: none. */
function drops(result: MethodResult, baseline: Baseline): string[] {
  return (['hr', 'ndcg'] as const).flatMap((name) => {
    const [value, before, error] = [result[name], baseline[name], result.errors[name]]
    return value < before - 2 * error ? [`${name} ${value.toFixed(4)} (${error.toFixed(4)}), was ${before}`] : []
  })
}

function check(log: TrainingLog, mode: WalkMode, baseline: Baseline, crippled: string): void {
  const methods = ['popular', crippled, 'pickstream']
  const options = { mode, methods, freshnesses: ['live'], queriesMax: queries, trainingQueriesMax }
  const report = evaluateLog(log, options, new Progress(process.stderr))
  const resultOf = (method: string) => report.methods[method]!.live!
  const own = resultOf('pickstream')
  expect(own.n).toBeGreaterThan(0.9 * queries)
  expect(own.n).toBeLessThan(1.1 * queries)
  expect(drops(own, baseline), `measured: { hr: ${own.hr.toFixed(4)}, ndcg: ${own.ndcg.toFixed(4)} }`).toEqual([])
  // The check sees what it is there for: lists without personal sources, and lists that lost one group of sources.
  expect(drops(resultOf('popular'), baseline)).toHaveLength(2)
  expect(drops(resultOf(crippled), baseline)).not.toEqual([])
}

describe('quality has not fallen on', { timeout: 600_000 }, () => {
  test('generated clicks', () => {
    check(generatedClicks(), 'events', { hr: 0.5547, ndcg: 0.3403 }, '-sequence')
  })

  test('generated baskets', () => {
    check(generatedBaskets(), 'baskets', { hr: 0.3001, ndcg: 0.1519 }, '-trends')
  })

  // Real logs are no part of the repository: where they are missing, the generated ones are the whole check.
  const clicks = new URL('clicks', shared).pathname
  if (existsSync(clicks)) {
    test('the newest events of clicks, in ../shared/data', async () => {
      check(newest(await readLog(filesOf(clicks))), 'events', { hr: 0.461, ndcg: 0.2489 }, '-sequence')
    })
  }
})

function newest(log: TrainingLog): TrainingLog {
  const builder = new TrainingLogBuilder()
  for (let place = Math.max(0, log.size - newestEvents); place < log.size; place++) builder.add(eventAt(log, place))
  return builder.build(log.catalog)
}
