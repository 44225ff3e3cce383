import type { CheckedDb } from './checked-db.ts'
import { databasesOf, openEnvironment } from './environment.ts'
import { nextTurn } from './waiting.ts'

/** Requests of salvage-copier.ts. Keys are in hexadecimal notation. */
export type SalvageStep =
  /** Copies in the order of the keys, from `from` on. */
  | { readonly kind: 'forward'; readonly db: string; readonly from: string; readonly batch: number }
  /** Copies against the order of the keys, from below `before` down to `to`. */
  | {
      readonly kind: 'backward'
      readonly db: string
      readonly before: string
      readonly to: string
      readonly batch: number
    }
  /** Looks for the first key at or after `from`. */
  | { readonly kind: 'seek'; readonly db: string; readonly from: string }
  | { readonly kind: 'count'; readonly db: string }

export type SalvageReply =
  | { readonly kind: 'copied'; readonly entries: number; readonly last: string; readonly damaged: readonly string[] }
  | { readonly kind: 'done'; readonly found?: string; readonly count?: number }

/**
 * `salvage-process FROM TO`: runs one step after the other. A damaged page may end this program in any of them; entries
 * that it has reported as copied are in TO.
 */
const [from, to] = process.argv.slice(2) as [string, string]
const source = databasesOf(openEnvironment({ dir: from, readOnly: true }))
const target = openEnvironment({ dir: to })
const targets = databasesOf(target)

process.on('message', (step: SalvageStep) => {
  run(step).then(reply, () => process.exit(1))
})

async function run(step: SalvageStep): Promise<SalvageReply> {
  const db = named(source, step.db)
  switch (step.kind) {
    case 'count':
      return { kind: 'done', count: db.count() }
    case 'seek': {
      const [found] = [...db.keys({ start: Buffer.from(step.from, 'hex'), limit: 1 })]
      return found === undefined ? { kind: 'done' } : { kind: 'done', found: found.toString('hex') }
    }
    case 'forward':
      await copy(db, { start: Buffer.from(step.from, 'hex') }, step.batch, 1)
      return { kind: 'done' }
    case 'backward': {
      const range = { start: Buffer.from(step.before, 'hex'), end: Buffer.from(step.to, 'hex'), reverse: true }
      await copy(db, { ...range, exclusiveStart: true, inclusiveEnd: true }, step.batch, -1)
      return { kind: 'done' }
    }
  }
}

/** @param direction of the keys: 1 ascending, -1 descending */
async function copy(db: CheckedDb, range: object, batch: number, direction: 1 | -1): Promise<void> {
  const into = named(targets, db.name)
  let entries: { key: Buffer; value: Buffer }[] = []
  let damaged: string[] = []
  let last: Buffer | undefined
  const write = () => {
    if (last === undefined) return
    target.root.transactionSync(() => {
      for (const { key, value } of entries) into.put(key, value)
    })
    reply({ kind: 'copied', entries: entries.length, last: last.toString('hex'), damaged })
    entries = []
    damaged = []
  }
  for (const { key, value } of db.rangeWithDamage(range)) {
    // Keys out of order come from a damaged page, and may repeat without end.
    if (last !== undefined && Buffer.compare(key, last) * direction <= 0) break
    last = Buffer.from(key)
    if (value === undefined) damaged.push(last.toString('hex'))
    else entries.push({ key: last, value: Buffer.from(value) })
    if (entries.length + damaged.length < batch) continue
    write()
    await nextTurn()
  }
  write()
}

function named(databases: readonly CheckedDb[], name: string): CheckedDb {
  return databases.find((db) => db.name === name)!
}

function reply(message: SalvageReply): void {
  process.send!(message)
}
