import { expect, test } from 'vitest'
import { Pacer } from './pacer.ts'

test('a call goes in portions of the room there is, in its order, and answers with all that was appended', async () => {
  const rooms = [3, 1, 10]
  const pacer = new Pacer({ room: async () => rooms.shift()! })
  const portions: number[][] = []
  const appended = await pacer.inBatches([1, 2, 3, 4, 5, 6], async (portion) => {
    portions.push([...portion])
    return portion.map((n) => n * 10)
  })
  expect(portions).toEqual([[1, 2, 3], [4], [5, 6]])
  expect(appended).toEqual([10, 20, 30, 40, 50, 60])
})

test('portions of several calls alternate, one at a time, and room is asked for after the one before is appended', async () => {
  const steps: string[] = []
  const pacer = new Pacer({
    room: async () => {
      steps.push('room')
      return 1
    },
  })
  const append = async (portion: readonly string[]) => {
    await Promise.resolve()
    steps.push(...portion)
    return portion
  }
  await Promise.all([pacer.inBatches(['a1', 'a2'], append), pacer.inBatches(['b1', 'b2'], append)])
  expect(steps).toEqual(['room', 'a1', 'room', 'b1', 'room', 'a2', 'room', 'b2'])
})

test('what an append rejects with reaches its caller alone', async () => {
  const pacer = new Pacer({ room: async () => 1 })
  const refused = pacer.inBatches(['a'], async () => {
    throw new Error('full')
  })
  await expect(refused).rejects.toThrow('full')
  expect(await pacer.inBatches(['b'], async (portion) => portion)).toEqual(['b'])
})
