import { type Consumer, Kafka, logLevel, type Producer } from 'kafkajs'
import type { Surroundings } from '../harness/scratch.ts'

const names = ['hop-1', 'hop-2', 'hop-3']

/**
 * Minimum cost of the same path: a record sent, read and sent on through three topics, by kafkajs with acks of all
 * replicas and nothing in between.
 * @returns sends one record and resolves with the ms until it came out at the far end
 */
export async function openRawHops(
  brokers: readonly string[],
  onEnd: Surroundings['onEnd'],
): Promise<() => Promise<number>> {
  const kafka = new Kafka({ clientId: 'raw-hops', brokers: [...brokers], logLevel: logLevel.NOTHING })
  const admin = kafka.admin()
  await admin.connect()
  await admin.createTopics({ waitForLeaders: true, topics: names.map((topic) => ({ topic, numPartitions: 1 })) })
  await admin.disconnect()
  const producer = kafka.producer({ allowAutoTopicCreation: false })
  await producer.connect()
  onEnd(() => producer.disconnect())
  const arrivals = new Map<string, () => void>()
  for (const [n, topic] of names.entries()) {
    const next = names[n + 1]
    const consumer = kafka.consumer({ groupId: `raw-${topic}` })
    onEnd(() => consumer.disconnect())
    await consume(consumer, topic, async (key, value) => {
      if (next === undefined) arrivals.get(key)?.()
      else await send(producer, next, key, value)
    })
  }
  let count = 0
  const value = Buffer.alloc(1000, 'x')
  const hop = async () => {
    const key = String(count++)
    const begun = performance.now()
    const arrived = new Promise<void>((resolve) => arrivals.set(key, resolve))
    await send(producer, names[0]!, key, value)
    await arrived
    arrivals.delete(key)
    return performance.now() - begun
  }
  for (let n = 0; n < 20; n++) await hop()
  return hop
}

async function consume(consumer: Consumer, topic: string, take: (key: string, value: Buffer) => Promise<void>) {
  await consumer.connect()
  await consumer.subscribe({ topic, fromBeginning: true })
  await consumer.run({ eachMessage: ({ message }) => take(String(message.key), message.value!) })
}

const send = (producer: Producer, topic: string, key: string, value: Buffer) =>
  producer.send({ topic, acks: -1, messages: [{ key, value }] })
