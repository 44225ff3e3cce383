import { describe, expect, test } from 'vitest'
import { ByteBudget } from './byte-budget.ts'

describe('the bytes that may be buffered', () => {
  test('are given out up to the bound, then in the order of arrival as others are released', async () => {
    const budget = new ByteBudget(100)
    expect(budget.tryTake(60)).toBe(true)
    const order: string[] = []
    const big = budget.take(80, 10_000).then((taken) => order.push(`big ${taken}`))
    const small = budget.take(10, 10_000).then((taken) => order.push(`small ${taken}`))
    expect(budget.tryTake(1)).toBe(false)
    budget.release(60)
    await Promise.all([big, small])
    expect(order).toEqual(['big true', 'small true'])
    expect(budget.bytesUsed).toBe(90)
  })

  test('are refused to who waits too long, and who stands behind goes on', async () => {
    const budget = new ByteBudget(100)
    budget.tryTake(50)
    const late = budget.take(80, 5)
    const behind = budget.take(20, 10_000)
    expect(await late).toBe(false)
    expect(await behind).toBe(true)
    expect(budget.bytesUsed).toBe(70)
  })

  test('are given to one request larger than all of them when nothing else is buffered', () => {
    const budget = new ByteBudget(100)
    expect(budget.tryTake(1_000)).toBe(true)
    expect(budget.tryTake(1)).toBe(false)
    budget.release(1_000)
    expect(budget.tryTake(1)).toBe(true)
  })
})
