import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { CompressionTypes, Kafka, logLevel } from 'kafkajs'
import { afterEach, expect, test } from 'vitest'
import { messageOf } from '../../schema/app-error.ts'
import { describeOnCluster, freshNamespace } from '../../test/on-cluster.ts'
import { eventLogContract } from '../ports/event-log.contract.ts'
import type { Batch, EventLog, StoredRecord } from '../ports/event-log.ts'
import { openKafkaLog } from './kafka-log.ts'

const bytes = (text: string): Buffer => Buffer.from(text)
const text = ({ value }: StoredRecord): string => Buffer.from(value ?? []).toString()

describeOnCluster('Kafka', ({ brokers }) => {
  const contractNamespace = freshNamespace()
  eventLogContract('Kafka', async () => openKafkaLog({ brokers, clientId: 'test', namespace: contractNamespace }))

  const opened: EventLog[] = []

  /** Short sessions: what waits for a member to be given up should not take half a minute. */
  function open(namespace: string, more: { appendMsMax?: number; bufferBytesMax?: number } = {}): EventLog {
    const timing = { sessionMs: 6_000, heartbeatMs: 300, rebalanceMs: 10_000, fetchWaitMs: 100 }
    const log = openKafkaLog({ brokers, clientId: 'test', namespace, ...timing, ...more })
    opened.push(log)
    return log
  }

  async function openWithTopic(partitions = 4): Promise<{ log: EventLog; namespace: string }> {
    const namespace = freshNamespace()
    const log = open(namespace)
    await log.createTopics([{ name: 'events', partitions, cleanup: 'delete' }])
    return { log, namespace }
  }

  afterEach(async () => {
    await Promise.all(opened.splice(0).map((log) => log.close()))
  })

  test('several instances create the same topics at the same moment', async () => {
    const namespace = freshNamespace()
    const logs = [open(namespace), open(namespace), open(namespace)]
    const specs = [
      { name: 'events', partitions: 4, cleanup: 'delete', retentionMs: 60_000 },
      { name: 'table', partitions: 2, cleanup: 'compact' },
    ] as const
    await Promise.all(logs.map((log) => log.createTopics(specs)))
    expect(await logs[0]!.partitionCount('events')).toBe(4)
    expect(await logs[1]!.partitionCount('table')).toBe(2)
  })

  test('a topic that another program created with other settings is refused, and no topic is created', async () => {
    const namespace = freshNamespace()
    const admin = new Kafka({ brokers, logLevel: logLevel.NOTHING }).admin()
    await admin.connect()
    await admin.createTopics({ waitForLeaders: false, topics: [{ topic: `${namespace}.table`, numPartitions: 3 }] })
    const create = open(namespace).createTopics([
      { name: 'events', partitions: 4, cleanup: 'delete' },
      { name: 'table', partitions: 1, cleanup: 'compact' },
    ])
    await expect(create).rejects.toThrow(
      `\n  ${namespace}.table: expected 1 partitions, got 3\n  ${namespace}.table: expected cleanup.policy=compact, got delete`,
    )
    expect(await admin.listTopics()).not.toContain(`${namespace}.events`)
    await admin.disconnect()
  })

  test('a consumer outlives every kind of error its handler throws, more often than the library would allow', async () => {
    const { log } = await openWithTopic(1)
    await log.append('events', [{ key: 'u', value: bytes('poison') }])
    const errors = [TypeError, RangeError, SyntaxError, ReferenceError, Error, TypeError]
    const seen: string[] = []
    await log.consume({ group: 'g', topics: ['events'] }, async ({ records }) => {
      seen.push(...records.map(text))
      const error = errors.shift()
      if (error) throw new error('from the handler')
    })
    await expect.poll(() => seen.length).toBe(7)
    await log.append('events', [{ key: 'u', value: bytes('next') }])
    await expect.poll(() => seen.at(-1)).toBe('next')
    await expect.poll(() => log.committedOffsets('g', 'events')).toEqual([2])
  })

  test('a partition whose handler fails, or is slow, does not hold up the others', async () => {
    const { log } = await openWithTopic(2)
    const positions = await log.append('events', [
      { key: 'a', value: bytes('1') },
      { key: 'b', value: bytes('1') },
      { key: 'c', value: bytes('1') },
      { key: 'd', value: bytes('1') },
    ])
    const stuck = positions[0]!.partition
    const other = positions.find(({ partition }) => partition !== stuck)!.partition
    let seen = 0
    await log.consume({ group: 'g', topics: ['events'], batchRecordsMax: 1 }, async ({ partition }) => {
      if (partition === stuck) throw new Error('always')
      seen += 1
    })
    const expected = positions.filter(({ partition }) => partition === other).length
    await expect.poll(() => seen).toBe(expected)
    expect((await log.committedOffsets('g', 'events'))[stuck]).toBe(0)
  })

  test('when a member joins, the batches under way are finished and committed first, and no record is handled by both', async () => {
    const { log, namespace } = await openWithTopic(4)
    const handled: string[] = []
    const generations = new Set<number>()
    const handle = async ({ records, generation }: Batch) => {
      generations.add(generation)
      await sleep(20)
      handled.push(...records.map(text))
    }
    await log.consume({ group: 'g', topics: ['events'], batchRecordsMax: 5 }, handle)
    const batch = (from: number) =>
      Array.from({ length: 200 }, (_, index) => ({ key: `u${from + index}`, value: bytes(String(from + index)) }))
    await log.append('events', batch(0))
    // A member that joins while the first still does shares its generation.
    await expect.poll(() => handled.length).toBeGreaterThan(0)
    const second = open(namespace)
    await second.consume({ group: 'g', topics: ['events'], batchRecordsMax: 5 }, handle)
    let appended = 200
    // Joining may take longer than what is there is handled; what waits stays short, however slow it is.
    while (generations.size < 2) {
      if (appended - handled.length < 400) {
        await log.append('events', batch(appended))
        appended += 200
      }
      await sleep(100)
    }
    await expect.poll(() => handled.length).toBeGreaterThanOrEqual(appended)
    await sleep(300)
    expect(handled.length).toBe(appended)
    expect(new Set(handled).size).toBe(appended)
  })

  test('a member that stops leaves at once: the other takes over without waiting for a session to end', async () => {
    const { log, namespace } = await openWithTopic(4)
    const other = open(namespace)
    const seen: string[] = []
    const first = await log.consume({ group: 'g', topics: ['events'] }, async () => {})
    await other.consume({ group: 'g', topics: ['events'] }, async ({ records }) => {
      seen.push(...records.map(text))
    })
    await first.stop()
    const records = Array.from({ length: 40 }, (_, index) => ({ key: `u${index}`, value: bytes(String(index)) }))
    await log.append('events', records)
    await expect.poll(() => new Set(seen).size).toBe(40)
  })

  test('a handler that ignores its bound is told that it owns nothing more, and is not committed', async () => {
    const { log } = await openWithTopic(1)
    await log.append('events', [{ key: 'u', value: bytes('1') }])
    let batch: Batch | undefined
    let release = () => {}
    const consumption = await log.consume({ group: 'g', topics: ['events'] }, async (given) => {
      batch = given
      await new Promise<void>((resolve) => {
        release = resolve
      })
    })
    await expect.poll(() => batch?.isOwned()).toBe(true)
    await consumption.stop(100)
    expect(batch?.isOwned()).toBe(false)
    release()
    await sleep(300)
    expect(await log.committedOffsets('g', 'events')).toEqual([0])
  })

  test('a follower reads what other clients wrote: compressed, without a key, with many headers', async () => {
    const { log, namespace } = await openWithTopic(1)
    const producer = new Kafka({ brokers, logLevel: logLevel.NOTHING }).producer({ allowAutoTopicCreation: false })
    await producer.connect()
    await producer.send({
      topic: `${namespace}.events`,
      compression: CompressionTypes.GZIP,
      messages: [
        { key: null, value: 'no key' },
        { key: 'k', value: null, headers: { a: ['1', '2'], b: 'x' } },
      ],
    })
    await producer.disconnect()
    const seen: StoredRecord[] = []
    const following = await log.follow({ topic: 'events', from: 'beginning' }, (records) => {
      seen.push(...records)
    })
    await following.caughtUp
    expect(seen).toMatchObject([
      { topic: 'events', key: '', offset: 0 },
      { key: 'k', value: null, headers: { a: '2', b: 'x' }, offset: 1 },
    ])
  })

  test('a follower of an empty topic has caught up at once, and is given what comes later', async () => {
    const { log } = await openWithTopic(3)
    const seen: string[] = []
    const following = await log.follow({ topic: 'events', from: 'beginning' }, (records) => {
      seen.push(...records.map(text))
    })
    await following.caughtUp
    await log.append('events', [{ key: 'u', value: bytes('later') }])
    await expect.poll(() => seen).toEqual(['later'])
  })

  test('a batch of more than the brokers take in one request is cut, and keeps its order', async () => {
    const { log } = await openWithTopic(1)
    const value = Buffer.alloc(10_000, 'x')
    const records = Array.from({ length: 300 }, () => ({ key: 'u', value }))
    const positions = await log.append('events', records)
    expect(positions.map(({ offset }) => offset)).toEqual(records.map((_, index) => index))
  })

  test('a record too large for the brokers is refused for good', async () => {
    const { log } = await openWithTopic(1)
    const append = log.append('events', [{ key: 'u', value: randomBytes(2_000_000) }])
    await expect(append).rejects.toMatchObject({ code: 'UNAVAILABLE', retriable: false })
    await log.append('events', [{ key: 'u', value: bytes('small') }])
  })

  test('an append to a topic that does not exist is rejected within its deadline', async () => {
    const log = open(freshNamespace(), { appendMsMax: 500 })
    await expect(log.append('nowhere', [{ key: 'u', value: null }])).rejects.toMatchObject({ code: 'UNAVAILABLE' })
  })

  test('a topic that is deleted stops no other topic, and is used again once it is back', async () => {
    const namespace = freshNamespace()
    const log = open(namespace, { appendMsMax: 2_000 })
    const spec = (name: string) => ({ name, partitions: 2, cleanup: 'delete' }) as const
    await log.createTopics([spec('kept'), spec('deleted')])
    const append = (topic: string) => log.append(topic, [{ key: 'u', value: bytes('1') }])
    const outcome = (topic: string) =>
      append(topic).then(
        () => 'appended',
        ({ cause }: Error) => messageOf(cause),
      )
    for (const topic of ['kept', 'deleted']) {
      await append(topic)
      await log.endOffsets(topic)
    }
    const admin = new Kafka({ brokers, logLevel: logLevel.NOTHING }).admin()
    await admin.connect()
    await admin.deleteTopics({ topics: [`${namespace}.deleted`] })
    await admin.disconnect()

    // The second append begins after the connections were rebuilt.
    await expect.poll(() => outcome('deleted')).toContain(`topic "${namespace}.deleted"`)
    expect(await outcome('deleted')).toContain(`topic "${namespace}.deleted"`)
    const failing = outcome('deleted')
    expect(await outcome('kept')).toBe('appended')
    expect(await log.endOffsets('kept')).toHaveLength(2)
    await failing

    await log.createTopics([spec('kept'), spec('deleted')])
    await expect.poll(() => outcome('deleted')).toBe('appended')
  })
})
