import { tables } from '../../../schema/tables.ts'
import { openEmbedded } from '../open-embedded.ts'

/** Appends and puts as fast as it can, and prints each number once it is acknowledged. */
const [dir, first] = process.argv.slice(2)
const { log, store } = await openEmbedded({ dir: dir! })
await log.createTopics([{ name: 'numbers', partitions: 3, cleanup: 'delete' }])
let next = Number(first)
const one = async () => {
  for (;;) {
    const number = next++
    const value = Buffer.from(`${number}`.repeat(20))
    const [position] = await log.append('numbers', [{ key: `key-${number % 50}`, value }])
    await store.put(tables.userStates, [{ partition: `row-${number}`, writeTimestamp: BigInt(number + 1), value }])
    process.stdout.write(`done ${number} ${position!.partition} ${position!.offset}\n`)
  }
}
await Promise.all(Array.from({ length: 20 }, one))
