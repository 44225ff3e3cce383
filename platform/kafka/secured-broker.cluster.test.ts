import { execFileSync } from 'node:child_process'
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, expect, onTestFinished, test } from 'vitest'
import { describeOnCluster } from '../../test/on-cluster.ts'
import { awaitPort, endChild, startChild } from '../../tools/local-cluster/child.ts'
import { resolveJars } from '../../tools/local-cluster/jars.ts'
import { javaCommand } from '../../tools/local-cluster/java.ts'
import { type KafkaNode, kafkaArguments, prepareKafkaNode } from '../../tools/local-cluster/kafka-node.ts'
import { freePorts } from '../../tools/local-cluster/ports.ts'
import { readConfig } from '../config.ts'
import { openKafkaLog } from './kafka-log.ts'
import { kafkaOptions } from './options-from-config.ts'

const clusterId = 'cGlja3N0cmVhbS10ZXN0MQ'
const readyMsMax = 60_000

describeOnCluster('a broker that asks who its clients are', () => {
  let dir: string
  let mutualPort: number
  let oauthPort: number

  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'pickstream-secured-'))
    makeCertificates(dir)
    const [port = 0, controllerPort = 0, ...others] = await freePorts(4)
    ;[mutualPort = 0, oauthPort = 0] = others
    const node: KafkaNode = { id: 1, dir: join(dir, 'kafka'), port, controllerPort }
    const lib = await resolveJars('kafka')
    await prepareKafkaNode(node, [node], clusterId, lib)
    appendFileSync(
      join(node.dir, 'server.properties'),
      securedListeners(dir, { port, controllerPort, mutualPort, oauthPort }),
    )
    const logFile = join(dir, 'kafka.log')
    const args = kafkaArguments(node, lib, 256)
    const pid = startChild({ command: javaCommand(), args, cwd: node.dir, logFile, detached: false })
    for (const listener of [mutualPort, oauthPort]) await awaitPort('127.0.0.1', listener, pid, logFile, readyMsMax)
    return async () => {
      await endChild(pid, 10_000)
      await rm(dir, { recursive: true, force: true })
    }
  })

  /** Creates a topic, appends a record and reads it back with these settings. */
  async function roundTrip(env: Record<string, string>): Promise<string[]> {
    const log = openKafkaLog({ ...kafkaOptions(readConfig(env), 'test'), appendMsMax: 20_000 })
    try {
      await log.createTopics([{ name: 'secured', partitions: 1, cleanup: 'delete' }])
      await log.append('secured', [{ key: 'ann', value: Buffer.from('hello') }])
      const records = await log.read('secured', 0, 0, 10)
      return records.map(({ value }) => String(value))
    } finally {
      await log.close()
    }
  }

  const mutual = () => ({
    PICKSTREAM_NAMESPACE: 'mutual',
    PICKSTREAM_KAFKA_BROKERS: `127.0.0.1:${mutualPort}`,
    PICKSTREAM_KAFKA_TLS: 'on',
    PICKSTREAM_KAFKA_TLS_CA_FILE: join(dir, 'ca.pem'),
  })

  test('by mutual TLS', async () => {
    const certificate = {
      PICKSTREAM_KAFKA_TLS_CERT_FILE: join(dir, 'client.pem'),
      PICKSTREAM_KAFKA_TLS_KEY_FILE: join(dir, 'client.key'),
    }
    expect(await roundTrip({ ...mutual(), ...certificate })).toEqual(['hello'])
  })

  test('and refuses a client without a certificate', async () => {
    await expect(roundTrip(mutual())).rejects.toThrow()
  })

  test('by SASL OAUTHBEARER, with a token of the token endpoint', async () => {
    const endpoint = createServer((_, response) => {
      response.end(JSON.stringify({ access_token: unsecuredToken('pickstream', 300), expires_in: 300 }))
    })
    await new Promise<void>((resolve) => endpoint.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => void endpoint.close())
    const read = await roundTrip({
      PICKSTREAM_NAMESPACE: 'oauth',
      PICKSTREAM_KAFKA_BROKERS: `127.0.0.1:${oauthPort}`,
      PICKSTREAM_KAFKA_SASL_MECHANISM: 'oauthbearer',
      PICKSTREAM_KAFKA_OAUTH_TOKEN_URL: `http://127.0.0.1:${(endpoint.address() as AddressInfo).port}/token`,
      PICKSTREAM_KAFKA_OAUTH_CLIENT_ID: 'pickstream',
      PICKSTREAM_KAFKA_OAUTH_CLIENT_SECRET: 'secret',
    })
    expect(read).toEqual(['hello'])
  })
})

/** As Kafka's validator for development takes it: not signed. */
function unsecuredToken(subject: string, seconds: number): string {
  const now = Math.floor(Date.now() / 1000)
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
  return `${part({ alg: 'none' })}.${part({ sub: subject, iat: now, exp: now + seconds })}.`
}

/** A certificate authority, and certificates of the broker and of a client that it signed. */
function makeCertificates(dir: string): void {
  const openssl = (...args: string[]) => execFileSync('openssl', args, { cwd: dir, stdio: 'pipe' })
  openssl(
    'req',
    '-x509',
    '-newkey',
    'rsa:2048',
    '-nodes',
    '-keyout',
    'ca.key',
    '-out',
    'ca.pem',
    '-subj',
    '/CN=test-ca',
  )
  writeFileSync(join(dir, 'names.cnf'), 'subjectAltName=IP:127.0.0.1')
  for (const name of ['server', 'client']) {
    openssl(
      'req',
      '-newkey',
      'rsa:2048',
      '-nodes',
      '-keyout',
      `${name}.key`,
      '-out',
      `${name}.csr`,
      '-subj',
      `/CN=${name}`,
    )
    const signed = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-extfile', 'names.cnf']
    openssl('x509', '-req', '-in', `${name}.csr`, ...signed, '-out', `${name}.pem`, '-days', '2')
  }
  const chain = ['server.key', 'server.pem'].map((file) => readFileSync(join(dir, file), 'utf8')).join('')
  writeFileSync(join(dir, 'server-chain.pem'), chain)
}

interface Ports {
  readonly port: number
  readonly controllerPort: number
  readonly mutualPort: number
  readonly oauthPort: number
}

const securedListeners = (dir: string, { port, controllerPort, mutualPort, oauthPort }: Ports): string => `
listeners=PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controllerPort},MUTUAL://127.0.0.1:${mutualPort},OAUTH://127.0.0.1:${oauthPort}
advertised.listeners=PLAINTEXT://127.0.0.1:${port},MUTUAL://127.0.0.1:${mutualPort},OAUTH://127.0.0.1:${oauthPort}
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,MUTUAL:SSL,OAUTH:SASL_PLAINTEXT
listener.name.mutual.ssl.client.auth=required
listener.name.mutual.ssl.keystore.type=PEM
listener.name.mutual.ssl.keystore.location=${join(dir, 'server-chain.pem')}
listener.name.mutual.ssl.truststore.type=PEM
listener.name.mutual.ssl.truststore.location=${join(dir, 'ca.pem')}
listener.name.oauth.sasl.enabled.mechanisms=OAUTHBEARER
listener.name.oauth.oauthbearer.sasl.jaas.config=org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule required;
`
