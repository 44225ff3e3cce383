import { randomBytes } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { tables } from '../../schema/tables.ts'
import type { Row, RowKey, Store } from './store.ts'
import { aKey, bytes, ordered, StoreClients, single, text } from './store-support.contract.ts'
import { storeWritesContract } from './store-writes.contract.ts'

/**
 * What every Store promises, as tests.
 *
 * @param open another client of the same store at every call; the suite closes it. Only the tables of schema/tables.ts are
 * used, with keys of the suite's own, so the store may hold other things.
 */
export function storeContract(name: string, open: () => Promise<Store>): void {
  describe(`Store on ${name}`, () => {
    const clients = new StoreClients(open)
    const { read, write, writeRow, range } = clients

    describe('tables', () => {
      test('may be created again, by several instances at once, and keep their rows', async () => {
        const key = aKey()
        await write(key, 1n, 'kept')
        await Promise.all([clients.store.migrate(), clients.other.migrate(), clients.store.migrate()])
        expect(await read(key)).toBe('kept')
      })
    })

    describe('reading by key', () => {
      test('gives the rows in the order of the keys, undefined where there is none, and repeats what is asked twice', async () => {
        const [a, b, none] = [aKey(), aKey(), aKey()]
        await Promise.all([write(a, 1n, 'a'), write(b, 1n, 'b')])
        const rows = await clients.store.get(
          single,
          [b, none, a, b].map((partition) => ({ partition })),
        )
        expect(rows.map(text)).toEqual(['b', undefined, 'a', 'b'])
      })

      test('of no keys gives no rows, and writing no rows is nothing', async () => {
        expect(await clients.store.get(single, [])).toEqual([])
        await clients.store.put(single, [])
      })

      test('of a table with a clustering key reads single rows', async () => {
        const partition = aKey()
        await writeRow(partition, 'x', 1n)
        const keys: RowKey[] = [
          { partition, cluster: 'y' },
          { partition, cluster: 'x' },
        ]
        expect((await clients.store.get(ordered, keys)).map(text)).toEqual([undefined, 'x'])
      })

      test('shows at once what another instance has written', async () => {
        const key = aKey()
        for (let writeTimestamp = 1n; writeTimestamp <= 20n; writeTimestamp++) {
          await clients.other.put(single, [{ partition: key, writeTimestamp, value: bytes(`v${writeTimestamp}`) }])
          expect(await read(key)).toBe(`v${writeTimestamp}`)
        }
      })

      test.each([
        ['no bytes', Buffer.alloc(0)],
        ['every byte', Buffer.from(Array.from({ length: 256 }, (_, i) => i))],
        ['half a megabyte', randomBytes(512 * 1024)],
      ])('returns a value of %s as it was', async (_, value) => {
        const key = aKey()
        await clients.store.put(single, [{ partition: key, writeTimestamp: 1n, value }])
        const [found] = await clients.store.get(single, [{ partition: key }])
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
        await clients.store.put(
          single,
          partitions.map((partition) => ({ partition, writeTimestamp: 1n, value: bytes(partition) })),
        )
        const rows = await clients.store.get(
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
          (n % 2 === 0 ? clients.store : clients.other).putIfAbsent(tables.settings, {
            partition,
            value: bytes(`try ${n}`)!,
          }),
        )
        const [first, ...more] = (await Promise.all(attempts)).map(text)
        expect(first).toMatch(/^try \d$/)
        expect(new Set(more)).toEqual(new Set([first]))
        expect(text(await clients.other.putIfAbsent(tables.settings, { partition, value: bytes('later')! }))).toBe(
          first,
        )
        expect((await clients.store.get(tables.settings, [{ partition }])).map(text)).toEqual([first])
      })

      test('touches no other row', async () => {
        const [one, another] = [aKey(), aKey()]
        await clients.store.putIfAbsent(tables.settings, { partition: one, value: bytes('one')! })
        expect(
          text(await clients.store.putIfAbsent(tables.settings, { partition: another, value: bytes('other')! })),
        ).toBe('other')
        expect((await clients.store.get(tables.settings, [{ partition: one }])).map(text)).toEqual(['one'])
      })
    })

    storeWritesContract(clients)

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
        await clients.store.put(
          ordered,
          all.map((cluster) => ({ partition, cluster, writeTimestamp: 1n, value: bytes(cluster) })),
        )
        const seen: Row[] = []
        for (let page: Row[]; ; seen.push(...page)) {
          page = await clients.store.range(ordered, partition, { after: seen.at(-1)?.cluster, limit: 60 })
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
      await clients.store.put(
        ordered,
        rows.map((row) => ({ ...row, writeTimestamp: 1n, value: bytes('v') })),
      )
      await writeRow(rows[0]!.partition, rows[0]!.cluster, 2n, null)
      const seen: string[] = []
      for await (const page of clients.store.scan(ordered, 50)) {
        expect(page.length).toBeLessThanOrEqual(50)
        for (const row of page) if (row.partition.startsWith(run)) seen.push(`${row.partition} ${row.cluster}`)
      }
      const expected = rows.slice(1).map((row) => `${row.partition} ${row.cluster}`)
      expect(seen.sort()).toEqual(expected.sort())
    })
  })
}
