import { expect, test } from 'vitest'
import { FairQueue } from './fair-queue.ts'

const setUp = (more: Partial<ConstructorParameters<typeof FairQueue>[0]> = {}) => {
  const queue = new FairQueue({ name: 'rankings', runningMax: 1, perClientMax: 50, inAllMax: 100, ...more })
  const order: string[] = []
  const open: (() => void)[] = []
  const run = (client: string, shared = false) =>
    queue.run({ client, shared }, () => {
      order.push(client)
      return new Promise<void>((resolve) => open.push(resolve))
    })
  const settle = () => new Promise((resolve) => setImmediate(resolve))
  /** Ends the running tasks, one after the other, until none is left. */
  const drain = async () => {
    await settle()
    while (open.length > 0) {
      open.shift()?.()
      await settle()
    }
  }
  return { queue, order, open, run, drain, settle }
}

test('clients take turns, however many tasks one of them has', async () => {
  const { order, run, drain, queue } = setUp()
  const all = [...Array.from({ length: 40 }, () => run('greedy')), run('a'), run('b'), run('a')]
  await drain()
  await Promise.all(all)
  expect(order.slice(0, 7)).toEqual(['greedy', 'greedy', 'a', 'b', 'greedy', 'a', 'greedy'])
  expect(order).toHaveLength(43)
  expect(queue.size).toBe(0)
})

test('no more than so many run at once; one that fails gives its place to the next', async () => {
  const { queue, run, open, settle, drain } = setUp({ runningMax: 2 })
  const failing = queue.run({ client: 'a', shared: false }, () => Promise.reject(new Error('broken')))
  const others = [run('a'), run('b'), run('c')]
  await expect(failing).rejects.toThrow('broken')
  await settle()
  expect(open).toHaveLength(2)
  await drain()
  await Promise.all(others)
})

test('one client has at most so many tasks; a shared client and all together have another limit', async () => {
  const { run, drain } = setUp({ perClientMax: 2, inAllMax: 5 })
  const accepted = [run('a'), run('a')]
  await expect(run('a')).rejects.toMatchObject({
    code: 'RATE_LIMITED',
    message: 'expected at most 2 rankings of one client at once',
  })
  accepted.push(run('service', true), run('service', true), run('service', true))
  await expect(run('b')).rejects.toMatchObject({ code: 'UNAVAILABLE' })
  await drain()
  await Promise.all(accepted)
  const again = run('a')
  await drain()
  await again
})

test('other work of the thread gets a turn between tasks that run on it', async () => {
  const order: string[] = []
  const { queue } = setUp({ yieldAfterTask: true })
  const all = ['first', 'second', 'third'].map((name) =>
    queue.run({ client: 'a', shared: false }, () => order.push(name)),
  )
  expect(order).toEqual(['first'])
  setImmediate(() => order.push('other work'))
  await Promise.all(all)
  expect(order).toEqual(['first', 'other work', 'second', 'third'])
})
