import autocannon from 'autocannon'
import { Kafka, logLevel } from 'kafkajs'
import { encodeInteraction } from '../../schema/records/interaction.ts'
import { startChild } from '../harness/child.ts'
import { type BenchCluster, openCluster } from '../harness/cluster.ts'
import { type Figure, figureOf } from '../harness/figure.ts'
import { interleave } from '../harness/interleave.ts'
import { recordMutation, toInput } from '../harness/product.ts'
import type { Surroundings } from '../harness/scratch.ts'
import { Shop } from '../harness/shop.ts'

const perRequest = 100
const atOnce = 8
const partitions = 12

/** Mutations of 100 events, durable before they are answered, compared with kafkajs producing the same records. */
export async function ingestBench(surroundings: Surroundings): Promise<Figure[]> {
  const { quick, say } = surroundings
  const cluster = await openCluster(surroundings)
  const env = { ...cluster.env, PICKSTREAM_PORT: '0', PICKSTREAM_LIMIT_RATE: '0', PICKSTREAM_TRACES_PER_SECOND: '0' }
  const server = startChild('server/main', env, surroundings)
  const { address } = (await server.firstMessage) as { address: string }
  const produce = await openRawTopic(cluster, surroundings)
  const shop = new Shop({ users: 10_000, items: 10_000 })
  const requests = quick ? 200 : 1_000
  const mutate = () => mutations(`${address}/graphql`, shop, requests)
  const raw = () => produce(shop, requests)
  say('warming up')
  await mutate()
  await raw()
  const rounds = await interleave(quick ? 3 : 5, mutate, raw)
  return [
    figureOf(
      {
        name: `recordEvents, ${perRequest} events each`,
        unit: 'events/s',
        must: { of: 'ratio', atLeast: 0.5 },
        note: `${atOnce} requests at once; the reference is producer.send() of the same records, already encoded, ${perRequest} a call, ${atOnce} calls at once, acks of all replicas.`,
      },
      rounds,
    ),
  ]
}

async function mutations(url: string, shop: Shop, requests: number): Promise<number> {
  const bodies = Array.from({ length: requests }, () =>
    JSON.stringify({ query: recordMutation, variables: { events: shop.events(perRequest, Date.now()).map(toInput) } }),
  )
  let next = 0
  const begun = performance.now()
  const result = await autocannon({
    url,
    connections: atOnce,
    amount: requests,
    requests: [
      {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        setupRequest: (request) => ({ ...request, body: bodies[next++ % requests]! }),
      },
    ],
  })
  const seconds = (performance.now() - begun) / 1000
  if (result.non2xx + result.errors > 0) throw new Error(`${result.non2xx + result.errors} mutations failed`)
  return (requests * perRequest) / seconds
}

async function openRawTopic({ brokers }: BenchCluster, { onEnd }: Surroundings) {
  const kafka = new Kafka({ clientId: 'raw', brokers: [...brokers], logLevel: logLevel.NOTHING })
  const admin = kafka.admin()
  await admin.connect()
  await admin.createTopics({ waitForLeaders: true, topics: [{ topic: 'raw-ingest', numPartitions: partitions }] })
  await admin.disconnect()
  const producer = kafka.producer({ allowAutoTopicCreation: false })
  await producer.connect()
  onEnd(() => producer.disconnect())
  return async (shop: Shop, requests: number): Promise<number> => {
    const batches = Array.from({ length: requests }, () =>
      shop.events(perRequest, Date.now()).map((event) => ({
        key: event.userId,
        value: Buffer.from(encodeInteraction(event)),
      })),
    )
    const begun = performance.now()
    const senders = Array.from({ length: atOnce }, async () => {
      for (let batch = batches.pop(); batch; batch = batches.pop()) {
        await producer.send({ topic: 'raw-ingest', acks: -1, messages: batch })
      }
    })
    await Promise.all(senders)
    return (requests * perRequest) / ((performance.now() - begun) / 1000)
  }
}
