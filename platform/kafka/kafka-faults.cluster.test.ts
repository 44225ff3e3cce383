import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Kafka, logLevel } from 'kafkajs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { describeOnCluster } from '../../test/on-cluster.ts'
import { type Cluster, startCluster } from '../../tools/local-cluster/cluster.ts'
import type { EventLog } from '../ports/event-log.ts'
import { openKafkaLog } from './kafka-log.ts'

/** Three brokers of their own: these tests kill and stop them. */
describeOnCluster('Kafka that fails', () => {
  let dir: string
  let cluster: Cluster
  let log: EventLog

  const open = (more: { appendMsMax?: number; requestMsMax?: number } = {}): EventLog =>
    openKafkaLog({
      brokers: cluster.brokers,
      clientId: 'test',
      namespace: 'faults',
      sessionMs: 6_000,
      heartbeatMs: 300,
      rebalanceMs: 10_000,
      appendMsMax: 30_000,
      ...more,
    })

  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'pickstream-brokers-'))
    cluster = await startCluster({ dir, brokers: 3, cassandraNodes: 0, kafkaHeapMb: 256 })
    log = open()
    await log.createTopics([
      { name: 'killed', partitions: 6, cleanup: 'delete' },
      { name: 'stalled', partitions: 3, cleanup: 'delete' },
    ])
  })

  afterAll(async () => {
    await log?.close()
    await cluster?.stop()
    await rm(dir, { recursive: true, force: true })
  })

  test('kill -9 of a broker in the middle of appends loses nothing that was acknowledged, and every group reads it all', async () => {
    const read = new Set<string>()
    const followed = new Set<string>()
    await log.consume({ group: 'reader', topics: ['killed'] }, async ({ records }) => {
      for (const { key } of records) read.add(key)
    })
    await log.follow({ topic: 'killed', from: 'beginning' }, (records) => {
      for (const { key } of records) followed.add(key)
    })

    const acknowledged: { key: string; partition: number; offset: number }[] = []
    let sent = 0
    let done = false
    const client = async () => {
      while (!done) {
        const key = `u${sent++}`
        const [position] = await log.append('killed', [{ key, value: Buffer.from(key) }])
        acknowledged.push({ key, ...position! })
        await sleep(2)
      }
    }
    const clients = Array.from({ length: 20 }, client)
    await sleep(1_000)
    await cluster.kill('kafka', 0, 'SIGKILL')
    const atDeath = acknowledged.length
    // Appends go on after the fail-over, on every partition.
    await expect.poll(() => new Set(acknowledged.slice(atDeath).map(({ partition }) => partition)).size).toBe(6)
    await cluster.restart('kafka', 0)
    await sleep(1_000)
    done = true
    await Promise.all(clients)

    const keys = acknowledged.map(({ key }) => key)
    await expect.poll(() => keys.filter((key) => !read.has(key))).toEqual([])
    await expect.poll(() => keys.filter((key) => !followed.has(key))).toEqual([])
    // And the position each client was told is where its record is.
    for (const { key, partition, offset } of acknowledged.filter((_, index) => index % 97 === 0)) {
      expect((await log.read('killed', partition, offset, 1))[0]).toMatchObject({ key, offset })
    }
  })

  test('partitions without a leader stop no other partition and no other topic', async () => {
    const admin = new Kafka({ brokers: [...cluster.brokers], logLevel: logLevel.NOTHING }).admin()
    await admin.connect()
    const replicaAssignment = [0, 1, 2].map((partition) => ({ partition, replicas: [partition + 1] }))
    await admin.createTopics({ waitForLeaders: false, topics: [{ topic: 'faults.single', replicaAssignment }] })
    await admin.disconnect()
    const impatient = open({ appendMsMax: 3_000 })
    const outcomes = (topic: string) => {
      const keys = Array.from({ length: 60 }, (_, index) => `u${index}`)
      const append = (key: string) => impatient.append(topic, [{ key, value: Buffer.from(key) }])
      return Promise.all(keys.map((key) => append(key).then(([position]) => position!.partition, String)))
    }
    await expect.poll(async () => new Set(await outcomes('single'))).toEqual(new Set([0, 1, 2]))
    await cluster.kill('kafka', 2, 'SIGKILL')
    try {
      await expect
        .poll(async () => (await outcomes('single')).filter((outcome) => typeof outcome === 'string').length)
        .toBeGreaterThan(0)
      const failing = outcomes('single')
      expect(new Set(await outcomes('killed'))).toEqual(new Set([0, 1, 2, 3, 4, 5]))
      expect(await failing).toEqual(expect.arrayContaining([0, 1]))
    } finally {
      await cluster.restart('kafka', 2)
    }
    await expect.poll(async () => new Set(await outcomes('single'))).toEqual(new Set([0, 1, 2]))
  })

  test('brokers that do not answer: appends are rejected, retriable, within their deadline, and go through again afterwards', async () => {
    const impatient = open({ appendMsMax: 1_500, requestMsMax: 3_000 })
    const append = (key: string) => impatient.append('stalled', [{ key, value: Buffer.from(key) }])
    const read = new Set<string>()
    const followed = new Set<string>()
    await impatient.consume({ group: 'reader', topics: ['stalled'] }, async ({ records }) => {
      for (const { key } of records) read.add(key)
    })
    await impatient.follow({ topic: 'stalled', from: 'beginning' }, (records) => {
      for (const { key } of records) followed.add(key)
    })
    try {
      await append('before')
      await expect.poll(() => read.has('before') && followed.has('before')).toBe(true)
      for (const index of [0, 1, 2]) await cluster.kill('kafka', index, 'SIGSTOP')
      const refused = await Promise.allSettled(['a', 'b', 'c', 'd'].map(append))
      await sleep(3_000) // until the requests under way have timed out as well, and the connections are given up
      for (const index of [0, 1, 2]) await cluster.kill('kafka', index, 'SIGCONT')
      for (const result of refused) {
        expect(result).toMatchObject({ status: 'rejected', reason: { code: 'UNAVAILABLE', retriable: true } })
      }
      await expect
        .poll(
          () =>
            append('after').then(
              () => 'appended',
              (error) => error.code,
            ),
          { timeout: 120_000 },
        )
        .toBe('appended')
      // Who was reading goes on by itself, from where it was.
      await expect.poll(() => [read.has('after'), followed.has('after')], { timeout: 90_000 }).toEqual([true, true])
    } finally {
      for (const index of [0, 1, 2]) await cluster.kill('kafka', index, 'SIGCONT')
      await impatient.close()
    }
  })
})
