import cassandra from 'cassandra-driver'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { allTables, tables } from '../../schema/tables.ts'
import { describeOnCluster, freshNamespace } from '../../test/on-cluster.ts'
import { storeContract } from '../ports/store.contract.ts'
import type { Store } from '../ports/store.ts'
import { openCassandraStore } from './cassandra-store.ts'

describeOnCluster('Cassandra', ({ contactPoints, dataCenter }) => {
  const contractKeyspace = freshNamespace()
  const open = (keyspace: string): Store =>
    openCassandraStore({ contactPoints, localDataCenter: dataCenter, keyspace, readTimeoutMs: 10_000 })

  storeContract('Cassandra', async () => open(contractKeyspace))

  const keyspace = freshNamespace()
  let client: cassandra.Client
  let store: Store

  beforeAll(async () => {
    client = new cassandra.Client({ contactPoints, localDataCenter: dataCenter })
    await client.connect()
    store = open(keyspace)
    await store.migrate()
  })
  afterAll(async () => {
    await store?.close()
    await client?.shutdown()
  })

  test('migrations by several instances at once are recorded once each, and the lock is given back', async () => {
    const fresh = freshNamespace()
    const stores = [open(fresh), open(fresh), open(fresh)]
    await Promise.all(stores.map((each) => each.migrate()))
    await Promise.all(stores.map((each) => each.close()))
    const { rows } = await client.execute(`SELECT version FROM ${fresh}.schema_migrations`)
    const expiring = allTables.filter(({ ttlSeconds }) => ttlSeconds !== undefined)
    expect(rows.map((row) => row.get('version')).sort()).toEqual(
      [
        ...allTables.map(({ name }) => `${name}.1`),
        ...expiring.map(({ name, ttlSeconds }) => `${name}.expires-${ttlSeconds}`),
      ].sort(),
    )
    expect((await client.execute(`SELECT * FROM ${fresh}.schema_lock`)).rowLength).toBe(0)
  })

  test('a keyspace with more copies than nodes can confirm is refused, before it is created and after', async () => {
    const fresh = freshNamespace()
    const options = { contactPoints, localDataCenter: dataCenter, keyspace: fresh }
    const refused = openCassandraStore({ ...options, replication: { [dataCenter]: 3 } })
    await expect(refused.migrate()).rejects.toThrow(
      /expected at most 1 copies .* got 3.* PICKSTREAM_CASSANDRA_REPLICATION/,
    )
    await refused.close()
    const query = 'SELECT keyspace_name FROM system_schema.keyspaces WHERE keyspace_name = ?'
    expect((await client.execute(query, [fresh])).rowLength).toBe(0)

    const replication = `{'class': 'NetworkTopologyStrategy', '${dataCenter}': 2}`
    await client.execute(`CREATE KEYSPACE ${fresh} WITH replication = ${replication}`)
    const other = openCassandraStore(options)
    await expect(other.migrate()).rejects.toThrow(/expected at most 1 copies .* got 2.* ALTER KEYSPACE/)
    await other.close()
  })

  test('an instance waits for the one that holds the lock, and takes over when that one has died', async () => {
    const fresh = freshNamespace()
    const first = open(fresh)
    await first.migrate()
    await client.execute(`DELETE FROM ${fresh}.schema_migrations WHERE version = 'items.1'`)
    // As left behind by a process that was killed: nobody gives it back, it only expires.
    await client.execute(
      `INSERT INTO ${fresh}.schema_lock (name, owner) VALUES ('migration', 'dead') IF NOT EXISTS USING TTL 3`,
    )
    await first.migrate()
    await first.close()
    const { rowLength } = await client.execute(`SELECT * FROM ${fresh}.schema_migrations WHERE version = 'items.1'`)
    expect(rowLength).toBe(1)
  })

  test('a keyspace that was migrated by other code is refused, for good', async () => {
    const fresh = freshNamespace()
    const first = open(fresh)
    await first.migrate()
    await client.execute(`UPDATE ${fresh}.schema_migrations SET checksum = 'other' WHERE version = 'items.1'`)
    await expect(first.migrate()).rejects.toMatchObject({ code: 'UNAVAILABLE', retriable: false })
    await first.close()
  })

  test('a write carries the timestamp it was given, not the clock', async () => {
    await store.put(tables.listsByUser, [
      { partition: 'u', value: Buffer.from('x'), writeTimestamp: 281_474_976_710_700n },
    ])
    const { rows } = await client.execute(
      `SELECT WRITETIME(${tables.listsByUser.value}) AS at FROM ${keyspace}.lists_by_user WHERE user_id = 'u'`,
    )
    expect(String(rows[0]?.get('at'))).toBe('281474976710700')
  })

  test('a table with a time to live gives it to its rows', async () => {
    await store.put(tables.erasures, [{ partition: 'h', value: Buffer.from('x'), writeTimestamp: 1n }])
    const { rows } = await client.execute(`SELECT TTL(position) AS ttl FROM ${keyspace}.erasures WHERE user_hash = 'h'`)
    expect(rows[0]?.get('ttl')).toBeGreaterThan(80_000)
    expect(rows[0]?.get('ttl')).toBeLessThanOrEqual(tables.erasures.ttlSeconds)
  })

  test('a partition of more rows than a page holds is read whole, in both directions', async () => {
    const rows = Array.from({ length: 2_500 }, (_, index) => ({
      partition: 'long',
      cluster: String(index).padStart(6, '0'),
      value: Buffer.from([1]),
      writeTimestamp: 1n,
    }))
    await store.put(tables.eventsByUser, rows)
    const clusters = rows.map(({ cluster }) => cluster)
    const read = await store.range(tables.eventsByUser, 'long', { limit: 10_000 })
    expect(read.map(({ cluster }) => cluster)).toEqual(clusters)
    const back = await store.range(tables.eventsByUser, 'long', { limit: 2_000, reverse: true })
    expect(back.map(({ cluster }) => cluster)).toEqual(clusters.toReversed().slice(0, 2_000))
  })
})
