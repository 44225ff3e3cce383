import { describe, expect, test } from 'vitest'
import { boundsMs, eventToListMs, eventToPushMs, latenciesOf, quantile, type Trace } from './histogram.ts'

const aTrace = (...spans: [name: string, startMs: number, endMs: number][]): Trace => ({
  id: 't',
  eventId: 'e',
  startedAt: '2026-01-01T00:00:00.000Z',
  spans: spans.map(([name, startMs, endMs]) => ({ name, startMs, endMs })),
})

describe('event to push', () => {
  test('is counted from the way in to the end of the first push', () => {
    const trace = aTrace(['record', 0, 4], ['embed', 5, 7], ['push', 30, 31], ['push', 44, 45])
    expect(eventToPushMs(trace)).toBe(31)
  })

  test('is unknown while nothing was pushed', () => {
    expect(eventToPushMs(aTrace(['record', 0, 4], ['sink', 5, 9]))).toBeUndefined()
  })
})

test('event to list is known without a page that is open', () => {
  expect(eventToListMs(aTrace(['record', 0, 4], ['embed', 5, 7], ['sink', 10, 12]))).toBe(12)
  expect(eventToListMs(aTrace(['record', 0, 4]))).toBeUndefined()
})

describe('the histogram', () => {
  test('puts every event into the bar that ends at or above it, the slowest into the last', () => {
    const traces = [1, 1.5, 10, 60_000].map((endMs) => aTrace(['record', 0, 1], ['push', 1, endMs]))
    const { bars, all } = latenciesOf([...traces, aTrace(['record', 0, 1])])
    expect(all).toEqual([1, 1.5, 10, 60_000])
    expect(bars).toEqual([1, 1, 0, 1, ...new Array(boundsMs.length - 4).fill(0), 1])
  })

  test('a quantile is a value that was seen', () => {
    const hundred = Array.from({ length: 100 }, (_, n) => n + 1)
    expect(quantile(hundred, 0.5)).toBe(50)
    expect(quantile(hundred, 0.99)).toBe(99)
    expect(quantile([7], 0.01)).toBe(7)
    expect(quantile([], 0.5)).toBeUndefined()
  })
})
