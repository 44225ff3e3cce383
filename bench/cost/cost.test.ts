import { describe, expect, test } from 'vitest'
import { costFigures } from './bench.ts'
import { CostMeter, costBeyond } from './stage-cost.ts'

describe('the cost of stages', () => {
  test('is divided by events, and by lists for a list', () => {
    const stages = [
      { stage: 'embed' as const, records: 100, cpu: 3_000, gc: 300 },
      { stage: 'recommend' as const, records: 60, cpu: 8_000, gc: 400 },
    ]
    const figures = costFigures({ events: 100, lists: 40, stages })
    expect(figures.map(({ name, value, unit }) => [name, value, unit])).toEqual([
      ['embed (100 records)', 30, 'µs an event'],
      ['embed: GC', 3, 'µs an event'],
      ['recommend (60 records)', 80, 'µs an event'],
      ['recommend: GC', 4, 'µs an event'],
      ['all stages', 110, 'µs an event'],
      ['all stages: GC', 7, 'µs an event'],
      ['recommend', 200, 'µs a list'],
    ])
  })

  test('is what a run costs beyond one without records, never negative', () => {
    expect(costBeyond({ cpu: 50, gc: 3 }, { cpu: 20, gc: 5 })).toEqual({ cpu: 30, gc: 0 })
  })

  test('counts what is done while it measures, the collections apart', async () => {
    const meter = new CostMeter()
    const kept: number[][] = []
    const { cpu, gc } = await meter.measure(async () => {
      for (let n = 0; n < 200_000; n++) kept[n % 50_000] = new Array(20).fill(n)
    })
    meter.stop()
    expect(gc).toBeGreaterThan(0)
    expect(cpu).toBeGreaterThan(0)
  })
})
