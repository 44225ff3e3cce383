import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { progressBar } from './progress-bar.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

/** What is written to a file that takes the place of the terminal. */
function written(work: (bar: ReturnType<typeof progressBar>) => void): string[] {
  let text = ''
  const out = { isTTY: false, write: (more: string) => (text += more) } as unknown as NodeJS.WriteStream
  work(progressBar('items ', 'rows', out))
  return text.split('\n').slice(0, -1)
}

test('a short run is one line, without a rate that nobody could know', () => {
  const lines = written((bar) => {
    bar.update(1, 30)
    bar.end()
  })
  expect(lines).toEqual(['items  100 %  30 rows'])
})

test('a longer run has a line now and then, its rate, and at the end how much it was', () => {
  const lines = written((bar) => {
    for (let second = 0; second <= 12; second++) {
      bar.update(second / 20, second * 100)
      vi.advanceTimersByTime(1_001)
    }
    bar.end()
  })
  expect(lines).toEqual([
    'items    0 %  0 rows',
    'items   50 %  1,000 rows  100/s  10 s left',
    'items   60 %  1,200 rows  100/s  8 s left',
  ])
})
