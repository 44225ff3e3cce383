import { createRequire } from 'node:module'
import type { KafkaBroker, KafkaProtocol, ProduceResponse } from './kafkajs-internals.ts'
import { sendTo } from './send-to.ts'

const require = createRequire(import.meta.url)
const apiKey = 0
const acksOfAllReplicas = -1

export interface ProduceRequest {
  readonly topic: string
  readonly partition: number
  /** As record-batch.ts encodes it. */
  readonly batch: Buffer
  /** How long the broker waits for the other replicas. */
  readonly brokerMsMax: number
}

/**
 * Appends one encoded batch through the library's connection; the library's own producer would encode every record
 * again.
 *
 * One partition per request: a request over several leaders may report success although one of them never answered
 * (tulios/kafkajs#1303), and a slow partition would delay the others.
 *
 * @returns the offset of the first record, once all in-sync replicas have the batch
 */
export async function produce(broker: KafkaBroker, request: ProduceRequest): Promise<number> {
  const { topic, partition } = request
  const bytes = encodeRequest(request)
  const protocol = protocolOf(broker)
  const { topics } = await sendTo(broker, {
    ...protocol,
    request: { ...protocol.request, encode: async () => ({ buf: bytes, buffer: bytes }) },
  })
  const written = topics[0]?.partitions[0]
  if (topics[0]?.topicName !== topic || written?.partition !== partition) {
    throw new Error(`expected an answer for partition ${partition} of "${topic}", got one without it`)
  }
  return Number(written.baseOffset)
}

/** The newest version that broker and library have in common. */
function protocolOf(broker: KafkaBroker): KafkaProtocol<ProduceResponse> {
  const versions = require('kafkajs/src/protocol/requests/produce') as object
  const protocol = broker.lookupRequest(apiKey, versions) as (fields: object) => KafkaProtocol<ProduceResponse>
  return protocol({ acks: acksOfAllReplicas, topicData: [] })
}

/** Produce Request, versions 3 to 8: transactional_id acks timeout [topic [partition record_set]] */
function encodeRequest({ topic, partition, batch, brokerMsMax }: ProduceRequest): Buffer {
  const name = Buffer.from(topic)
  const head = Buffer.allocUnsafe(26 + name.length)
  let at = head.writeInt16BE(-1, 0) // no transaction
  at = head.writeInt16BE(acksOfAllReplicas, at)
  at = head.writeInt32BE(brokerMsMax, at)
  at = head.writeInt32BE(1, at)
  at = head.writeInt16BE(name.length, at)
  at += name.copy(head, at)
  at = head.writeInt32BE(1, at)
  at = head.writeInt32BE(partition, at)
  head.writeInt32BE(batch.length, at)
  return Buffer.concat([head, batch])
}
