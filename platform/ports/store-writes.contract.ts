import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { aKey, bytes, ordered, type StoreClients, single, text } from './store-support.contract.ts'

/** Which of several writes of a row shows, as part of storeContract(). */
export function storeWritesContract(clients: StoreClients): void {
  const { read, write, writeRow, range } = clients

  describe('the newest write', () => {
    test('shows, and an older one that arrives later never does', async () => {
      const key = aKey()
      await write(key, 7n, 'new')
      await write(key, 5n, 'old')
      expect(await read(key)).toBe('new')
      await write(key, 8n, 'newer')
      expect(await read(key)).toBe('newer')
    })

    test('may be repeated', async () => {
      const key = aKey()
      await write(key, 7n, 'same')
      await write(key, 7n, 'same')
      expect(await read(key)).toBe('same')
    })

    test('is told by revisions up to the largest', async () => {
      const key = aKey()
      await write(key, 2n ** 62n, 'epoch 16,384')
      await write(key, 2n ** 62n - 1n, 'one before')
      await write(key, 2n ** 53n + 1n, 'long before')
      expect(await read(key)).toBe('epoch 16,384')
    })

    test('wins over an older one in flight from another instance', async () => {
      const keys = Array.from({ length: 20 }, aKey)
      await Promise.all(
        keys.flatMap((partition) =>
          [3n, 1n, 4n, 2n].map((writeTimestamp, i) =>
            (i % 2 === 0 ? clients.store : clients.other).put(single, [
              { partition, writeTimestamp, value: bytes(`v${writeTimestamp}`) },
            ]),
          ),
        ),
      )
      const rows = await clients.store.get(
        single,
        keys.map((partition) => ({ partition })),
      )
      expect(rows.map(text)).toEqual(keys.map(() => 'v4'))
    })

    test('in any order of arrival, removals and erasures included, leaves the same row', async () => {
      const write_ = fc.record({ value: fc.option(fc.string({ minLength: 1, maxLength: 5 })), erases: fc.boolean() })
      const history = fc
        .array(write_, { minLength: 1, maxLength: 8 })
        .chain((writes) =>
          fc.tuple(
            fc.constant(writes),
            fc.shuffledSubarray([...writes.keys()], { minLength: writes.length, maxLength: writes.length }),
          ),
        )
      await fc.assert(
        fc.asyncProperty(history, async ([writes, arrival]) => {
          const key = aKey()
          for (const i of arrival) {
            const { value, erases } = writes[i]!
            if (erases) await clients.store.erase(single, key, BigInt(i + 1))
            else await write(key, BigInt(i + 1), value)
          }
          const last = writes.at(-1)!
          expect(await read(key)).toBe(last.erases ? undefined : (last.value ?? undefined))
        }),
        { numRuns: 30 },
      )
    })
  })

  describe('a removal', () => {
    test('hides the row, holds against older writes, and gives way to newer ones', async () => {
      const key = aKey()
      await write(key, 1n, 'first')
      await write(key, 3n, null)
      expect(await read(key)).toBeUndefined()
      await write(key, 2n, 'late')
      expect(await read(key)).toBeUndefined()
      await write(key, 4n, 'again')
      expect(await read(key)).toBe('again')
    })

    test('takes one row of a partition', async () => {
      const partition = aKey()
      for (const cluster of ['a', 'b', 'c']) await writeRow(partition, cluster, 1n)
      await writeRow(partition, 'b', 2n, null)
      expect(await range(partition)).toEqual(['a', 'c'])
      expect(await range(partition, { limit: 2 })).toEqual(['a', 'c'])
    })
  })

  describe('an erasure', () => {
    test('takes every row up to its time, keeps newer ones, and holds against late writes', async () => {
      const partition = aKey()
      for (const [cluster, at] of [
        ['a', 1n],
        ['b', 5n],
        ['c', 6n],
      ] as const)
        await writeRow(partition, cluster, at)
      await clients.store.erase(ordered, partition, 5n)
      expect(await range(partition)).toEqual(['c'])
      await writeRow(partition, 'd', 4n)
      await writeRow(partition, 'a', 5n)
      expect(await range(partition)).toEqual(['c'])
      await writeRow(partition, 'a', 7n)
      expect(await range(partition)).toEqual(['a', 'c'])
    })

    test('that arrives late does not undo a newer one', async () => {
      const key = aKey()
      await clients.store.erase(single, key, 9n)
      await clients.store.erase(single, key, 3n)
      await write(key, 5n, 'late')
      expect(await read(key)).toBeUndefined()
    })

    test('leaves other partitions alone, also those whose name begins alike', async () => {
      const key = aKey()
      await Promise.all([write(key, 1n, 'x'), write(`${key}1`, 1n, 'y'), write(key.slice(0, -1), 1n, 'z')])
      await clients.store.erase(single, key, 2n)
      expect([await read(key), await read(`${key}1`), await read(key.slice(0, -1))]).toEqual([undefined, 'y', 'z'])
    })
  })
}
