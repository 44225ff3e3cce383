import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { tables } from '../../schema/tables.ts'
import { describeOnCluster } from '../../test/on-cluster.ts'
import { type Cluster, startCluster } from '../../tools/local-cluster/cluster.ts'
import type { Store } from '../ports/store.ts'
import { openCassandraStore } from './cassandra-store.ts'

/** A node of its own: these tests stop and kill it. */
describeOnCluster('Cassandra that fails', () => {
  let dir: string
  let cluster: Cluster
  let store: Store

  const row = (partition: string) => ({ partition, value: Buffer.from(partition), writeTimestamp: 1n })
  const put = (partition: string) => store.put(tables.items, [row(partition)])
  const outcome = (promise: Promise<unknown>) =>
    promise.then(
      () => 'done',
      (error) => `${error.code} ${error.retriable}`,
    )

  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'pickstream-node-'))
    cluster = await startCluster({ dir, brokers: 0, cassandraNodes: 1, cassandraHeapMb: 512, durable: true })
    store = openCassandraStore({
      contactPoints: cluster.contactPoints,
      localDataCenter: cluster.dataCenter,
      keyspace: 'faults',
      readTimeoutMs: 2_000,
    })
    await store.migrate()
  })

  afterAll(async () => {
    await store?.close()
    await cluster?.stop()
    await rm(dir, { recursive: true, force: true })
  })

  test('a node that does not answer: requests are rejected, retriable, and go through again afterwards', async () => {
    await put('before')
    await cluster.kill('cassandra', 0, 'SIGSTOP')
    try {
      expect(await outcome(put('during'))).toBe('UNAVAILABLE true')
      expect(await outcome(store.get(tables.items, [{ partition: 'before' }]))).toBe('UNAVAILABLE true')
    } finally {
      await cluster.kill('cassandra', 0, 'SIGCONT')
    }
    await expect.poll(() => outcome(put('after'))).toBe('done')
  })

  test('kill -9 of the only node loses nothing that was acknowledged, and the store finds it again when it is back', async () => {
    const keys = Array.from({ length: 500 }, (_, index) => `k${index}`)
    await store.put(tables.items, keys.map(row))
    await cluster.kill('cassandra', 0, 'SIGKILL')
    expect(await outcome(put('while it is away'))).toBe('UNAVAILABLE true')
    await cluster.restart('cassandra', 0)
    const read = () =>
      store.get(
        tables.items,
        keys.map((partition) => ({ partition })),
      )
    await expect.poll(() => outcome(read())).toBe('done')
    expect((await read()).map((value) => value && Buffer.from(value).toString())).toEqual(keys)
  })
})
