import { randomBytes, randomUUID } from 'node:crypto'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { tables } from '../../schema/tables.ts'
import type { Row, RowKey, Store } from './store.ts'

/**
 * What every Store promises, as tests.
 *
 * @param open another client of the same store at every call; the suite closes it. Only the tables of schema/tables.ts are
 * used, with keys of the suite's own, so the store may hold other things.
 */
export function storeContract(name: string, open: () => Promise<Store>): void {
  describe(`Store on ${name}`, () => {
    const single = tables.userStates
    const ordered = tables.eventsByUser
    let store: Store
    let other: Store

    beforeAll(async () => {
      ;[store, other] = await Promise.all([open(), open()])
      await Promise.all([store.migrate(), other.migrate()])
    })
    afterAll(async () => {
      await Promise.all([store?.close(), other?.close()])
    })

    const read = async (partition: string) => text((await store.get(single, [{ partition }]))[0])
    const write = (partition: string, writeTimestamp: bigint, value: string | null) =>
      store.put(single, [{ partition, writeTimestamp, value: bytes(value) }])
    const writeRow = (partition: string, cluster: string, writeTimestamp: bigint, value: string | null = cluster) =>
      store.put(ordered, [{ partition, cluster, writeTimestamp, value: bytes(value) }])
    const range = async (partition: string, options: { after?: string; limit?: number; reverse?: boolean } = {}) =>
      (await store.range(ordered, partition, { limit: 100, ...options })).map(({ cluster }) => cluster)

    describe('tables', () => {
      test('may be created again, by several instances at once, and keep their rows', async () => {
        const key = aKey()
        await write(key, 1n, 'kept')
        await Promise.all([store.migrate(), other.migrate(), store.migrate()])
        expect(await read(key)).toBe('kept')
      })
    })

    describe('reading by key', () => {
      test('gives the rows in the order of the keys, undefined where there is none, and repeats what is asked twice', async () => {
        const [a, b, none] = [aKey(), aKey(), aKey()]
        await Promise.all([write(a, 1n, 'a'), write(b, 1n, 'b')])
        const rows = await store.get(
          single,
          [b, none, a, b].map((partition) => ({ partition })),
        )
        expect(rows.map(text)).toEqual(['b', undefined, 'a', 'b'])
      })

      test('of no keys gives no rows, and writing no rows is nothing', async () => {
        expect(await store.get(single, [])).toEqual([])
        await store.put(single, [])
      })

      test('of a table with a clustering key reads single rows', async () => {
        const partition = aKey()
        await writeRow(partition, 'x', 1n)
        const keys: RowKey[] = [
          { partition, cluster: 'y' },
          { partition, cluster: 'x' },
        ]
        expect((await store.get(ordered, keys)).map(text)).toEqual([undefined, 'x'])
      })

      test('shows at once what another instance has written', async () => {
        const key = aKey()
        for (let writeTimestamp = 1n; writeTimestamp <= 20n; writeTimestamp++) {
          await other.put(single, [{ partition: key, writeTimestamp, value: bytes(`v${writeTimestamp}`) }])
          expect(await read(key)).toBe(`v${writeTimestamp}`)
        }
      })

      test.each([
        ['no bytes', Buffer.alloc(0)],
        ['every byte', Buffer.from(Array.from({ length: 256 }, (_, i) => i))],
        ['half a megabyte', randomBytes(512 * 1024)],
      ])('returns a value of %s as it was', async (_, value) => {
        const key = aKey()
        await store.put(single, [{ partition: key, writeTimestamp: 1n, value }])
        const [found] = await store.get(single, [{ partition: key }])
        expect(Buffer.compare(Buffer.from(found!), value)).toBe(0)
      })

      test.each(['ключ-😀-鍵', "quote ' and \u0000 nul", ' spaces ', 'long-'.repeat(100)])(
        'takes the key %j',
        async (suffix) => {
          const key = aKey() + suffix
          await write(key, 1n, 'here')
          await writeRow(key, suffix, 1n, 'there')
          expect(await read(key)).toBe('here')
          expect(await range(key)).toEqual([suffix])
        },
      )

      test('takes two thousand rows in one call', async () => {
        const run = aKey()
        const partitions = Array.from({ length: 2000 }, (_, i) => `${run}-${i}`)
        await store.put(
          single,
          partitions.map((partition) => ({ partition, writeTimestamp: 1n, value: bytes(partition) })),
        )
        const rows = await store.get(
          single,
          partitions.map((partition) => ({ partition })),
        )
        expect(rows.map(text)).toEqual(partitions)
      })
    })

    describe('creating a row where there is none', () => {
      test('has one winner, however many try at once, and everybody is told the value that stands', async () => {
        const partition = aKey()
        const attempts = Array.from({ length: 10 }, (_, n) =>
          (n % 2 === 0 ? store : other).putIfAbsent(tables.settings, { partition, value: bytes(`try ${n}`)! }),
        )
        const [first, ...more] = (await Promise.all(attempts)).map(text)
        expect(first).toMatch(/^try \d$/)
        expect(new Set(more)).toEqual(new Set([first]))
        expect(text(await other.putIfAbsent(tables.settings, { partition, value: bytes('later')! }))).toBe(first)
        expect((await store.get(tables.settings, [{ partition }])).map(text)).toEqual([first])
      })

      test('touches no other row', async () => {
        const [one, another] = [aKey(), aKey()]
        await store.putIfAbsent(tables.settings, { partition: one, value: bytes('one')! })
        expect(text(await store.putIfAbsent(tables.settings, { partition: another, value: bytes('other')! }))).toBe(
          'other',
        )
        expect((await store.get(tables.settings, [{ partition: one }])).map(text)).toEqual(['one'])
      })
    })

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
              (i % 2 === 0 ? store : other).put(single, [
                { partition, writeTimestamp, value: bytes(`v${writeTimestamp}`) },
              ]),
            ),
          ),
        )
        const rows = await store.get(
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
              if (erases) await store.erase(single, key, BigInt(i + 1))
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
        await store.erase(ordered, partition, 5n)
        expect(await range(partition)).toEqual(['c'])
        await writeRow(partition, 'd', 4n)
        await writeRow(partition, 'a', 5n)
        expect(await range(partition)).toEqual(['c'])
        await writeRow(partition, 'a', 7n)
        expect(await range(partition)).toEqual(['a', 'c'])
      })

      test('that arrives late does not undo a newer one', async () => {
        const key = aKey()
        await store.erase(single, key, 9n)
        await store.erase(single, key, 3n)
        await write(key, 5n, 'late')
        expect(await read(key)).toBeUndefined()
      })

      test('leaves other partitions alone, also those whose name begins alike', async () => {
        const key = aKey()
        await Promise.all([write(key, 1n, 'x'), write(`${key}1`, 1n, 'y'), write(key.slice(0, -1), 1n, 'z')])
        await store.erase(single, key, 2n)
        expect([await read(key), await read(`${key}1`), await read(key.slice(0, -1))]).toEqual([undefined, 'y', 'z'])
      })
    })

    describe('a range', () => {
      const clusters = ['', '0', '00', '1', 'A', 'a', 'b', 'é', '鍵', '😀'].slice(1)

      test('goes through a partition in byte order, forwards and backwards, from after a row', async () => {
        const partition = aKey()
        for (const cluster of [...clusters].reverse()) await writeRow(partition, cluster, 1n)
        await writeRow(`${partition}0`, 'elsewhere', 1n)
        expect(await range(partition)).toEqual(clusters)
        expect(await range(partition, { reverse: true })).toEqual([...clusters].reverse())
        expect(await range(partition, { after: '1' })).toEqual(clusters.slice(3))
        expect(await range(partition, { after: '1', limit: 2 })).toEqual(['A', 'a'])
        expect(await range(partition, { after: '1', reverse: true })).toEqual(['00', '0'])
        expect(await range(partition, { after: '05' })).toEqual(clusters.slice(2))
        expect(await range(partition, { limit: 3, reverse: true })).toEqual(['😀', '鍵', 'é'])
        expect(await range(partition, { after: '😀' })).toEqual([])
        expect(await range(aKey())).toEqual([])
      })

      test('page by page gives every row once', async () => {
        const partition = aKey()
        const all = Array.from({ length: 250 }, (_, i) => String(i).padStart(4, '0'))
        await store.put(
          ordered,
          all.map((cluster) => ({ partition, cluster, writeTimestamp: 1n, value: bytes(cluster) })),
        )
        const seen: Row[] = []
        for (let page: Row[]; ; seen.push(...page)) {
          page = await store.range(ordered, partition, { after: seen.at(-1)?.cluster, limit: 60 })
          if (page.length === 0) break
        }
        expect(seen.map(({ cluster }) => cluster)).toEqual(all)
        expect(seen.map(({ value }) => text(value))).toEqual(all)
        expect(seen.every((row) => row.partition === partition)).toBe(true)
      })
    })

    test('a scan sees every row once, page by page, and no removed one', async () => {
      const run = aKey()
      const rows = Array.from({ length: 120 }, (_, i) => ({ partition: `${run}-${i % 7}`, cluster: `c${i}` }))
      await store.put(
        ordered,
        rows.map((row) => ({ ...row, writeTimestamp: 1n, value: bytes('v') })),
      )
      await writeRow(rows[0]!.partition, rows[0]!.cluster, 2n, null)
      const seen: string[] = []
      for await (const page of store.scan(ordered, 50)) {
        expect(page.length).toBeLessThanOrEqual(50)
        for (const row of page) if (row.partition.startsWith(run)) seen.push(`${row.partition} ${row.cluster}`)
      }
      const expected = rows.slice(1).map((row) => `${row.partition} ${row.cluster}`)
      expect(seen.sort()).toEqual(expected.sort())
    })
  })
}

const aKey = (): string => `contract-${randomUUID()}`
const bytes = <T extends string | null>(value: T) =>
  (value === null ? null : Buffer.from(value)) as T extends string ? Buffer : Buffer | null
const text = (value: Uint8Array | undefined): string | undefined =>
  value === undefined ? undefined : Buffer.from(value).toString()
