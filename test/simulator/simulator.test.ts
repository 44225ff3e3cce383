import { describe, expect, test } from 'vitest'
import { mutations } from './mutations.ts'
import { storm } from './scheduler.ts'
import { simulate } from './simulate.ts'

/** Of the thousand of `npm run simulate`. Each mutation below is noticed by one of far fewer. */
const seeds = 250
/** Other histories than those above: each mutation must be noticed by one of them that goes well without it. */
const mutationSeeds = { from: 1001, to: 2500 }

describe('the pipeline in bad weather', () => {
  test(`ends after ${seeds} histories of faults as it would have without them`, { timeout: 300_000 }, async () => {
    const failed: string[] = []
    let faults = 0
    for (let seed = 1; seed <= seeds && failed.length < 5; seed++) {
      const result = await simulate(seed)
      faults += result.faults
      if (result.problems.length > 0) {
        failed.push(`seed ${seed}: ${result.problems[0]}; again: npm run simulate -- --from ${seed} --seeds 1 --trace`)
      }
    }
    expect(failed).toEqual([])
    expect(faults).toBeGreaterThan(seeds)
  })

  test('goes the same way every time the seed is the same, and another way for another', async () => {
    for (const seed of [7, 42, 1234]) {
      const traces: string[] = []
      const run = async () => {
        const lines: string[] = []
        const { trace, steps, records, problems } = await simulate(seed, { onTrace: (line) => lines.push(line) })
        traces.push(lines.join('\n'))
        return { trace, steps, records, problems }
      }
      expect(await run()).toEqual(await run())
      expect(traces[0]).toBe(traces[1])
    }
    expect((await simulate(7)).trace).not.toBe((await simulate(8)).trace)
  })
})

describe('the simulator notices a system that', () => {
  test.each(Object.entries(mutations))('%s', { timeout: 240_000 }, async (_, workings) => {
    const { crowds, firstSeed = mutationSeeds.from } = workings
    let noticed = 0
    for (let seed = firstSeed; seed <= mutationSeeds.to && noticed === 0; seed++) {
      const { problems } = await simulate(seed, { workings, weather: storm, crowds })
      if (problems.length > 0 && (await simulate(seed, { weather: storm, crowds })).problems.length === 0)
        noticed = seed
    }
    expect(noticed).toBeGreaterThan(0)
  })
})
