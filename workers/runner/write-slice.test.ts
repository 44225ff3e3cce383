import { expect, test } from 'vitest'
import type { EventLog, LogRecord } from '../../platform/ports/event-log.ts'
import type { Store } from '../../platform/ports/store.ts'
import type { TableRows, WriteTogether } from '../../platform/ports/write-together.ts'
import { tables } from '../../schema/tables.ts'
import { topics } from '../../schema/topics.ts'
import type { RowChange, States } from './stage.ts'
import { writeSlice } from './write-slice.ts'

const value = new Uint8Array([1])

/** The steps of one slice with a record and a change, in their order. */
async function stepsOf(writeTogether?: WriteTogether, rows: readonly RowChange[] = []): Promise<string[]> {
  const steps: string[] = []
  const log = {
    append: async (topic: string) => {
      steps.push(`append ${topic}`)
      return []
    },
  } as unknown as EventLog
  const store = {
    put: async ({ name }) => void steps.push(`put ${name}`),
  } as Partial<Store> as Store
  const states: States<number> = {
    load: async () => new Map(),
    save: async () => void steps.push('save'),
    plan: (changes) => ({
      rows: changes.map(({ key }): TableRows => {
        return { table: tables.userStates, rows: [{ partition: key, value, writeTimestamp: 1n }] }
      }),
      written: () => void steps.push('written'),
    }),
  }
  const records = new Map([[topics.history as string, [{ key: 'ann', value } as LogRecord]]])
  const changes = [{ key: 'ann', state: 1, position: { partition: 0, offset: 0 } }]
  const noted: WriteTogether | undefined =
    writeTogether &&
    ((some, puts) => {
      steps.push(`together ${[...some.keys()]} ${puts.map(({ table }) => table.name)}`)
      return writeTogether(some, puts)
    })
  await writeSlice({ log, store, writeTogether: noted }, states, { records, rows, changes }).catch((error: Error) =>
    steps.push(error.message),
  )
  return steps
}

const aRow: RowChange = { table: tables.items, partition: 'tea', value, writeTimestamp: 1n }

test('what a slice emits is appended, then its rows are written, then its states', async () => {
  expect(await stepsOf(undefined, [aRow])).toEqual(['append history', 'put items', 'save'])
})

test('a platform that can writes emits and states in one step', async () => {
  expect(await stepsOf(() => Promise.resolve())).toEqual(['together history user_states', 'written'])
})

test('states count as saved only once that step has succeeded', async () => {
  const steps = await stepsOf(() => Promise.reject(new Error('no room')))
  expect(steps).toEqual(['together history user_states', 'no room'])
})

test('a slice that is too large for one step, and one with rows of other tables, is written step by step', async () => {
  expect(await stepsOf(() => undefined)).toEqual(['together history user_states', 'append history', 'save'])
  expect(await stepsOf(() => Promise.resolve(), [aRow])).toEqual(['append history', 'put items', 'save'])
})
