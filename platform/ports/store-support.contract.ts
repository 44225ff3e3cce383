import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll } from 'vitest'
import { tables } from '../../schema/tables.ts'
import type { Store } from './store.ts'

/** A table without and one with a clustering key. */
export const single = tables.userStates
export const ordered = tables.eventsByUser

/** Two clients of one store, open while the tests of a suite run. */
export class StoreClients {
  store!: Store
  other!: Store

  constructor(open: () => Promise<Store>) {
    beforeAll(async () => {
      ;[this.store, this.other] = await Promise.all([open(), open()])
      await Promise.all([this.store.migrate(), this.other.migrate()])
    })
    afterAll(async () => {
      await Promise.all([this.store?.close(), this.other?.close()])
    })
  }

  readonly read = async (partition: string) => text((await this.store.get(single, [{ partition }]))[0])

  readonly write = (partition: string, writeTimestamp: bigint, value: string | null) =>
    this.store.put(single, [{ partition, writeTimestamp, value: bytes(value) }])

  readonly writeRow = (partition: string, cluster: string, writeTimestamp: bigint, value: string | null = cluster) =>
    this.store.put(ordered, [{ partition, cluster, writeTimestamp, value: bytes(value) }])

  readonly range = async (partition: string, options: { after?: string; limit?: number; reverse?: boolean } = {}) =>
    (await this.store.range(ordered, partition, { limit: 100, ...options })).map(({ cluster }) => cluster)
}

export const aKey = (): string => `contract-${randomUUID()}`
export const bytes = <T extends string | null>(value: T) =>
  (value === null ? null : Buffer.from(value)) as T extends string ? Buffer : Buffer | null
export const text = (value: Uint8Array | undefined): string | undefined =>
  value === undefined ? undefined : Buffer.from(value).toString()
