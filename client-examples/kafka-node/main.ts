// npx tsx client-examples/kafka-node/main.ts BROKERS NAMESPACE USER ITEM
// A back-end service that writes an event directly to Kafka. The format is the public contract of topic `interactions`
// (schema/records/interaction.ts); the name of the topic begins with the namespace (PICKSTREAM_NAMESPACE).
import { randomUUID } from 'node:crypto'
import { Kafka, logLevel, Partitioners } from 'kafkajs'

const [brokers = '127.0.0.1:9092', namespace = 'pickstream', userId = 'you', itemId = 'tent-01'] = process.argv.slice(2)

const kafka = new Kafka({ clientId: 'shop-backend', brokers: brokers.split(','), logLevel: logLevel.ERROR })
const producer = kafka.producer({
  // A user's events must all be in one partition, the one that every Kafka client computes from the key (murmur2).
  createPartitioner: Partitioners.DefaultPartitioner,
  allowAutoTopicCreation: false,
  // Not idempotent: an event counts once by its eventId, also if the producer sends it twice.
  idempotent: false,
})

const event = {
  v: 1,
  kind: 'event',
  eventId: randomUUID(), // your own id of the event, for example of an order line; unique per user
  userId,
  itemId,
  type: 'PURCHASE',
  quantity: 1,
  timestamp: new Date().toISOString(),
}

await producer.connect()
await producer.send({
  topic: `${namespace}.interactions`,
  acks: -1, // acknowledged once it is on all in-sync replicas
  messages: [{ key: userId, value: JSON.stringify(event) }],
})
await producer.disconnect()
console.log(`${event.eventId} is in ${namespace}.interactions`)
