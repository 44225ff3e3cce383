import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { InFlightLimit } from './in-flight-limit.ts'

describe('what is under way to Cassandra', () => {
  test('is never more than the bound, and every result is in its place', async () => {
    const limit = new InFlightLimit({ inFlightMax: 3, waitingMax: 100, waitMsMax: 10_000 })
    let inFlight = 0
    let most = 0
    const act = async (item: number) => {
      most = Math.max(most, ++inFlight)
      await sleep(1)
      inFlight -= 1
      return item * 2
    }
    const both = [limit.all([1, 2, 3, 4, 5, 6, 7], act), limit.all([8, 9, 10], act)]
    expect(await Promise.all(both)).toEqual([
      [2, 4, 6, 8, 10, 12, 14],
      [16, 18, 20],
    ])
    expect(most).toBe(3)
  })

  test('is refused, retriable, when too many wait already', async () => {
    const limit = new InFlightLimit({ inFlightMax: 1, waitingMax: 1, waitMsMax: 10_000 })
    let release = () => {}
    const first = limit.run(() => new Promise<void>((resolve) => (release = resolve)))
    const second = limit.run(async () => 'second')
    await expect(limit.run(async () => 'third')).rejects.toMatchObject({ code: 'UNAVAILABLE', retriable: true })
    release()
    await first
    expect(await second).toBe('second')
  })

  test('is refused, retriable, when its turn does not come in time, and gives up its place', async () => {
    const limit = new InFlightLimit({ inFlightMax: 1, waitingMax: 1, waitMsMax: 5 })
    let release = () => {}
    const first = limit.run(() => new Promise<void>((resolve) => (release = resolve)))
    await expect(limit.run(async () => 'late')).rejects.toMatchObject({ code: 'UNAVAILABLE', retriable: true })
    release()
    await first
    expect(await limit.run(async () => 'next')).toBe('next')
  })

  test('ends with the first failure, and starts nothing after it', async () => {
    const limit = new InFlightLimit({ inFlightMax: 1, waitingMax: 10, waitMsMax: 10_000 })
    const seen: number[] = []
    const act = async (item: number) => {
      seen.push(item)
      if (item === 2) throw new Error('no')
    }
    await expect(limit.all([1, 2, 3], act)).rejects.toThrow('no')
    expect(seen).toEqual([1, 2])
  })
})
