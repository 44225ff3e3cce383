import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Kafka, logLevel } from 'kafkajs'
import { resolveJars } from '../../tools/local-cluster/jars.ts'
import { javaCommand } from '../../tools/local-cluster/java.ts'

/** A record as another service writes it. */
export interface WrittenRecord {
  readonly key?: string
  readonly value: string
}

/** Writes records to a topic (the name as the brokers know it), and resolves once all are confirmed. */
export type ForeignWriter = (
  brokers: readonly string[],
  topic: string,
  records: readonly WrittenRecord[],
) => Promise<void>

const pathOf = (name: string) => fileURLToPath(new URL(`../../${name}`, import.meta.url))
const python = pathOf('.cache/foreign-writers/venv/bin/python')
const kafkaGo = pathOf('.cache/foreign-writers/kafka-go')

/** @returns undefined where all clients can be run, else what is missing and how to get it */
export function whyNotPrepared(): string | undefined {
  const missing = [python, kafkaGo].filter((path) => !existsSync(path))
  return missing.length === 0
    ? undefined
    : `${missing.join(' and ')} missing: run .ci/foreign-writers (needs Python and Go)`
}

/** Writes lines `key=value` as one batch, with the command line producer of Kafka itself. */
export async function writeWithJava(
  brokers: readonly string[],
  topic: string,
  codec: string,
  lines: string,
): Promise<void> {
  const lib = await resolveJars('kafka')
  const flags = ['-Xmx128m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-cp', `${lib}/*`]
  const producer = ['--bootstrap-server', brokers.join(','), '--topic', topic, '--compression-codec', codec]
  const reader = ['--property', 'parse.key=true', '--property', 'key.separator==']
  const batching = ['--batch-size', '900000', '--producer-property', 'linger.ms=1000']
  const args = [...flags, 'org.apache.kafka.tools.ConsoleProducer', ...producer, ...reader, ...batching]
  await runWith(lines, javaCommand(), args)
}

/** Each as it writes where nothing is configured. */
export const foreignWriters: Readonly<Record<string, ForeignWriter>> = {
  'confluent-kafka (CRC-32)': (brokers, topic, records) =>
    runWith(jsonLines(records), python, [pathOf('test/foreign-writers/write.py'), brokers.join(','), topic]),
  'kafka-go (round robin)': (brokers, topic, records) =>
    runWith(jsonLines(records), kafkaGo, [brokers.join(','), topic]),
  'Java (murmur2)': (brokers, topic, records) =>
    writeWithJava(brokers, topic, 'lz4', records.map(({ key, value }) => `${key}=${value}\n`).join('')),
  'kafkajs (murmur2)': async (brokers, topic, records) => {
    const producer = new Kafka({ brokers: [...brokers], logLevel: logLevel.NOTHING }).producer()
    await producer.connect()
    await producer.send({ topic, messages: [...records] })
    await producer.disconnect()
  },
}

const jsonLines = (records: readonly WrittenRecord[]) => records.map((record) => `${JSON.stringify(record)}\n`).join('')

function runWith(input: string, command: string, args: readonly string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = execFile(command, args, { timeout: 120_000 }, (error, stdout, stderr) =>
      error ? reject(new Error(`${stdout}${stderr}`, { cause: error })) : resolve(),
    )
    child.stdin?.end(input)
  })
}
