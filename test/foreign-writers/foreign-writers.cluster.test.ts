import { Kafka, logLevel } from 'kafkajs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openCassandraStore } from '../../platform/cassandra/cassandra-store.ts'
import { openKafkaLog } from '../../platform/kafka/kafka-log.ts'
import { partitionOf } from '../../platform/partitioner.ts'
import { requireSameTopic } from '../../platform/require-same-topic.ts'
import { topicSpecs, topics } from '../../schema/topics.ts'
import { describeOnCluster, freshNamespace } from '../on-cluster.ts'
import type { Harness } from '../support/server-harness.ts'
import { eventually } from '../support/start-process.ts'
import { startWholeSystem } from '../support/whole-system.ts'
import { foreignWriters, type WrittenRecord, whyNotPrepared } from './clients.ts'

const partitions = 4
const eventsEach = 12
const users = Array.from({ length: 8 }, (_, n) => `user-${n}`)
const writers = Object.keys(foreignWriters)

const eventOf = (userId: string, eventId: string, n: number): WrittenRecord => ({
  key: userId,
  value: JSON.stringify({
    v: 1,
    kind: 'event',
    eventId,
    userId,
    itemId: `item-${n % 8}`,
    type: 'VIEW',
    timestamp: new Date(Date.UTC(2026, 0, 1) + n * 1000).toISOString(),
  }),
})

const idsBy = (writer: string): string[] => Array.from({ length: eventsEach }, (_, n) => `${writer}/${n}`)
const allIds = writers.flatMap(idsBy).sort()

function suite({ brokers, contactPoints, dataCenter }: Parameters<Parameters<typeof describeOnCluster>[1]>[0]): void {
  const namespace = freshNamespace()
  const topic = `${namespace}.${topics.interactions}`
  let shop: Harness

  const idsOf = async (userId: string): Promise<string[] | null> => {
    const query = 'query($u: ID!) { user(id: $u) { events(first: 100) { edges { node { eventId } } } } }'
    const { data } = await shop.ask(query, { u: userId })
    if (data.user === null) return null
    return data.user.events.edges.map((edge: { node: { eventId: string } }) => edge.node.eventId).sort()
  }
  const write = (writer: string, records: readonly WrittenRecord[]) => foreignWriters[writer]!(brokers, topic, records)

  beforeAll(async () => {
    const log = openKafkaLog({ brokers, clientId: 'foreign', namespace })
    const cassandra = { contactPoints, localDataCenter: dataCenter, keyspace: namespace, readTimeoutMs: 10_000 }
    await log.createTopics(topicSpecs(partitions))
    await abortInEveryPartition(brokers, topic)
    const store = openCassandraStore(cassandra)
    await store.migrate()
    await requireSameTopic(log, store, 0, Date.now())
    shop = await startWholeSystem({ platform: { log, store } })
    await shop.putItems(...Array.from({ length: 8 }, (_, n) => ({ id: `item-${n}`, categories: ['c'] })))
  }, 120_000)
  afterAll(() => shop?.close())

  test('all events count once when every client writes for the same users at the same time, each twice', {
    timeout: 180_000,
  }, async () => {
    const round = () =>
      writers.map((writer) =>
        write(
          writer,
          idsBy(writer).flatMap((id, n) => users.map((userId) => eventOf(userId, id, n))),
        ),
      )
    await Promise.all(round())
    await Promise.all(round())
    for (const userId of users) {
      await eventually(async () => (await idsOf(userId))?.length === allIds.length, 300)
      expect(await idsOf(userId)).toEqual(allIds)
    }
    expect(await outsidePartition(shop)).toBeGreaterThan(0)
    const metrics = await (await fetch(new URL('/metrics', shop.url))).text()
    expect(metrics).toMatch(
      /pickstream_stage_forwarded_total\{stage="embed",[^}]*topic="interactions",partition="\d"\} \d+/,
    )
  })

  test('a record without a key counts for the user in its value', async () => {
    const records = Array.from({ length: 20 }, (_, n) => ({ value: eventOf('keyless', `k-${n}`, n).value }))
    await write('confluent-kafka (CRC-32)', records)
    await eventually(async () => (await idsOf('keyless'))?.length === 20, 100)
  })

  test('events of any client are undone and erased, by the API and by a record', { timeout: 90_000 }, async () => {
    const gone = writers.map((writer) => `${writer}/3`)
    await shop.ask('mutation($u: ID!, $e: [ID!]!) { undoEvents(userId: $u, eventIds: $e) { token } }', {
      u: users[0],
      e: gone,
    })
    const undo = { v: 1, kind: 'undo', userId: users[1], eventIds: gone }
    await write('kafka-go (round robin)', [{ key: users[1], value: JSON.stringify(undo) }])
    for (const userId of users.slice(0, 2)) {
      await eventually(async () => (await idsOf(userId))?.length === allIds.length - gone.length, 100)
    }
    await shop.ask('mutation($u: ID!) { forgetUser(userId: $u) { token } }', { u: users[2] })
    const forget = { v: 1, kind: 'forget', userId: users[3] }
    await write('confluent-kafka (CRC-32)', [{ key: users[3], value: JSON.stringify(forget) }])
    for (const userId of users.slice(2, 4)) await eventually(async () => (await idsOf(userId)) === null, 100)
  })

  test('a rebuild and a training end, also behind an aborted transaction', { timeout: 120_000 }, async () => {
    const { data } = await shop.ask('mutation { rebuildUsers { done reason users } }')
    expect(data.rebuildUsers).toEqual({ done: true, reason: null, users: users.length - 2 + 1 })
    const trained = await shop.ask('mutation { retrain { published reason } }')
    expect(trained.errors).toBeUndefined()
    expect(await idsOf(users[4]!)).toEqual(allIds)
  })

  test('partitions that are added are read, their records count, and no other process starts with them', {
    timeout: 240_000,
  }, async () => {
    const admin = new Kafka({ brokers, logLevel: logLevel.NOTHING }).admin()
    await admin.connect()
    await admin.createPartitions({ topicPartitions: [{ topic, count: partitions + 1 }] })
    await admin.disconnect()
    await eventually(async () => {
      const late = openKafkaLog({ brokers, clientId: 'late', namespace })
      const error = await requireSameTopic(late, shop.store, 0, Date.now()).catch((reason: unknown) => String(reason))
      await late.close()
      return error?.includes(`has ${partitions + 1} partitions, and ${partitions} in epoch 0`) ?? false
    }, 100)
    const records = users.map((userId, n) => eventOf(userId, 'late', n))
    await write('kafka-go (round robin)', records)
    for (const userId of users) {
      await eventually(async () => (await idsOf(userId))?.includes('late') ?? false, 1500)
    }
  })
}

/** Records of topic interactions that stand where their key does not belong. */
async function outsidePartition({ log }: Harness): Promise<number> {
  let count = 0
  for (let partition = 0; partition < partitions; partition++) {
    const records = await log.read(topics.interactions, partition, 0, 100_000)
    count += records.filter(({ key }) => key !== '' && partitionOf(key, partitions) !== partition).length
  }
  return count
}

/** The first record of every partition then stands behind a hole. */
async function abortInEveryPartition(brokers: readonly string[], topic: string): Promise<void> {
  const kafka = new Kafka({ brokers: [...brokers], logLevel: logLevel.NOTHING })
  const producer = kafka.producer({ transactionalId: topic, idempotent: true, maxInFlightRequests: 1 })
  await producer.connect()
  const transaction = await producer.transaction()
  const messages = Array.from({ length: partitions }, (_, partition) => ({
    partition,
    ...eventOf('aborted', 'aborted', 0),
  }))
  await transaction.send({ topic, messages })
  await transaction.abort()
  await producer.disconnect()
}

const why = whyNotPrepared()
if (why !== undefined && process.env.CI) throw new Error(`The tests with other Kafka clients cannot run: ${why}`)
if (why !== undefined) console.warn(`\n  SKIPPED: all tests with other Kafka clients. ${why}\n`)
if (why === undefined) describeOnCluster('writers with other Kafka clients', suite)
else describe.skip('writers with other Kafka clients', () => test('all of them', () => {}))
