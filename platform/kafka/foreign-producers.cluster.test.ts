import { setTimeout as sleep } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'
import { CompressionTypes, Kafka, logLevel } from 'kafkajs'
import { afterEach, expect, test } from 'vitest'
import { writeWithJava } from '../../test/foreign-writers/clients.ts'
import { describeOnCluster, freshNamespace } from '../../test/on-cluster.ts'
import type { EventLog, StoredRecord } from '../ports/event-log.ts'
import { decompressedBytesMax } from './codecs/register.ts'
import { openKafkaLog } from './kafka-log.ts'

describeOnCluster('records of other producers', ({ brokers }) => {
  const opened: { close(): Promise<void> }[] = []

  async function openWithTopic(): Promise<{ log: EventLog; topic: string }> {
    const namespace = freshNamespace()
    const log = openKafkaLog({ brokers, clientId: 'test', namespace, sessionMs: 6_000, fetchWaitMs: 100 })
    opened.push(log)
    await log.createTopics([{ name: 'events', partitions: 1, cleanup: 'delete' }])
    return { log, topic: `${namespace}.events` }
  }

  async function openProducer(options = {}) {
    const producer = new Kafka({ brokers, logLevel: logLevel.NOTHING }).producer(options)
    await producer.connect()
    opened.push({ close: () => producer.disconnect() })
    return producer
  }

  async function consume(log: EventLog): Promise<StoredRecord[]> {
    const seen: StoredRecord[] = []
    await log.consume({ group: 'g', topics: ['events'] }, async ({ records }) => void seen.push(...records))
    return seen
  }

  const text = ({ value }: StoredRecord): string => Buffer.from(value ?? []).toString()

  afterEach(async () => {
    await Promise.all(opened.splice(0).map((one) => one.close()))
  })

  test("Kafka's own producer is read in every codec it has", async () => {
    const { log, topic } = await openWithTopic()
    const codecs = ['none', 'gzip', 'snappy', 'lz4', 'zstd']
    // More than the 64 KiB of a block, and different enough that not all of it is one match.
    const linesOf = (codec: string) =>
      Array.from(
        { length: 2_000 },
        (_, n) => `u${n % 50}=${codec} ${n} ${((n * 2_654_435_761) % 2 ** 32).toString(36)}`,
      )
    for (const codec of codecs) {
      await writeWithJava(brokers, topic, codec, `${linesOf(codec).join('\n')}\n`)
    }
    const written = codecs.flatMap(linesOf)
    const seen = await consume(log)
    await expect.poll(() => seen.length).toBe(written.length)
    expect(seen.map((record) => `${record.key}=${text(record)}`)).toEqual(written)
    expect(seen.every(({ undecodable }) => undecodable === undefined)).toBe(true)
    const sliceOfLz4 = await log.read('events', 0, 6_500, 2)
    expect(sliceOfLz4.map(text)).toEqual(
      linesOf('lz4')
        .slice(500, 502)
        .map((line) => line.split('=')[1]),
    )
  })

  test('a batch that cannot be unpacked is handed on as one, and the records around it as ever', async () => {
    const { log, topic } = await openWithTopic()
    const producer = await openProducer({ maxInFlightRequests: 1 })
    const send = (value: string | Buffer, compression: CompressionTypes) =>
      producer.send({
        topic,
        compression,
        messages: [
          { key: 'k', value },
          { key: 'k', value: 'beside it' },
        ],
      })
    await send('before', CompressionTypes.None)
    await send(Buffer.alloc(decompressedBytesMax, 'x'), CompressionTypes.GZIP) // with its key it is too large
    await send('after', CompressionTypes.None)

    const seen = await consume(log)
    await expect.poll(() => seen.length).toBe(5)
    expect(seen.map(({ offset }) => offset)).toEqual([0, 1, 3, 4, 5])
    const [, , batch] = seen
    expect(batch).toMatchObject({ key: '', undecodable: expect.stringMatching(/larger than|buffer/i) })
    expect(batch!.value!.length).toBeGreaterThan(gzipSync(Buffer.alloc(decompressedBytesMax)).length / 2)
    await expect.poll(() => log.committedOffsets('g', 'events')).toEqual([6])

    const followed: string[] = []
    const following = await log.follow({ topic: 'events', from: 'beginning' }, (records) => {
      followed.push(...records.map(text))
    })
    await following.caughtUp
    expect(followed).toEqual(['before', 'beside it', 'after', 'beside it'])
  })

  test('what a transaction took back is not read, what it committed is', async () => {
    const { log, topic } = await openWithTopic()
    const producer = await openProducer({ transactionalId: topic, idempotent: true, maxInFlightRequests: 1 })
    for (const [value, end] of [
      ['kept', 'commit'],
      ['taken back', 'abort'],
      ['kept too', 'commit'],
    ] as const) {
      const transaction = await producer.transaction()
      await transaction.send({ topic, messages: [{ key: 'k', value }] })
      await transaction[end]()
    }
    const seen = await consume(log)
    await expect.poll(() => seen.length).toBe(2)
    await sleep(300)
    expect(seen.map(text)).toEqual(['kept', 'kept too'])
    expect((await log.read('events', 0, 0, 10)).map(text)).toEqual(['kept', 'kept too'])
  })
})
