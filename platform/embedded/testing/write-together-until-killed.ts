import { tables } from '../../../schema/tables.ts'
import { openEmbedded } from '../open-embedded.ts'

/** Writes a record and a row of the same number together, as fast as it can, and prints each number once it is acknowledged. */
const [dir, first] = process.argv.slice(2)
const { log, writeTogether } = await openEmbedded({ dir: dir! })
await log.createTopics([{ name: 'numbers', partitions: 3, cleanup: 'delete' }])
let next = Number(first)
const one = async () => {
  for (;;) {
    const number = next++
    const value = Buffer.from(`${number}`)
    const row = { partition: `row-${number}`, writeTimestamp: 1n, value }
    await writeTogether(new Map([['numbers', [{ key: `key-${number % 50}`, value }]]]), [
      { table: tables.userStates, rows: [row] },
    ])
    process.stdout.write(`done ${number}\n`)
  }
}
await Promise.all(Array.from({ length: 20 }, one))
