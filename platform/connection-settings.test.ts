import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createKeyspaceCql } from './cassandra/apply-migrations.ts'
import { cassandraOptions } from './cassandra/options-from-config.ts'
import { readConfig } from './config.ts'
import { aFolder } from './embedded/testing/programs.ts'
import { kafkaOptions } from './kafka/options-from-config.ts'

const kafka = (env: Record<string, string>) => kafkaOptions(readConfig(env), 'test')
const cassandra = (env: Record<string, string>) => cassandraOptions(readConfig(env))

const aFile = (name: string) => {
  const file = join(aFolder(), name)
  writeFileSync(file, name)
  return file
}

test('mutual TLS takes a certificate and its key', () => {
  const env = {
    PICKSTREAM_KAFKA_TLS: 'on',
    PICKSTREAM_KAFKA_TLS_CERT_FILE: aFile('client.pem'),
    PICKSTREAM_KAFKA_TLS_KEY_FILE: aFile('client.key'),
  }
  expect(kafka(env).ssl).toEqual({
    rejectUnauthorized: true,
    cert: Buffer.from('client.pem'),
    key: Buffer.from('client.key'),
  })
  const { PICKSTREAM_KAFKA_TLS_KEY_FILE: _, ...withoutKey } = env
  expect(() => kafka(withoutKey)).toThrow('PICKSTREAM_KAFKA_TLS_CERT_FILE needs PICKSTREAM_KAFKA_TLS_KEY_FILE')
  expect(() => kafka({ ...env, PICKSTREAM_KAFKA_TLS: 'off' })).toThrow('needs PICKSTREAM_KAFKA_TLS=on')
  expect(() => kafka({ PICKSTREAM_KAFKA_TLS: 'on', PICKSTREAM_KAFKA_TLS_CA_FILE: '/nowhere/ca.pem' })).toThrow(
    /PICKSTREAM_KAFKA_TLS_CA_FILE: ENOENT.*nowhere/,
  )
})

test('oauthbearer needs its token endpoint and client', () => {
  const env = { PICKSTREAM_KAFKA_SASL_MECHANISM: 'oauthbearer', PICKSTREAM_KAFKA_OAUTH_CLIENT_ID: 'pickstream' }
  expect(() => kafka(env)).toThrow('oauthbearer needs PICKSTREAM_KAFKA_OAUTH_TOKEN_URL')
  expect(() => readConfig({ PICKSTREAM_KAFKA_OAUTH_TOKEN_URL: 'ftp://id' })).toThrow('got "ftp://id"')
})

test('a keyspace is created with copies per data center', () => {
  const options = cassandra({
    PICKSTREAM_CASSANDRA_DATA_CENTER: 'dc1',
    PICKSTREAM_CASSANDRA_REPLICATION: 'dc1:3,dc2:2',
  })
  expect(createKeyspaceCql(options)).toContain("{'class': 'NetworkTopologyStrategy', 'dc1': 3, 'dc2': 2}")
  expect(createKeyspaceCql(cassandra({ PICKSTREAM_CASSANDRA_REPLICATION: '3' }))).toContain("'datacenter1': 3}")
  expect(createKeyspaceCql(cassandra({}))).toContain("'datacenter1': 1}")
})

test.each(['0', '10', 'dc1', 'dc1:0', 'dc1:3,dc1:2', "dc1':3", ''])('replication %j is refused', (value) => {
  if (value === '')
    return expect(cassandra({ PICKSTREAM_CASSANDRA_REPLICATION: value }).replication).toEqual({ datacenter1: 1 })
  return expect(() => readConfig({ PICKSTREAM_CASSANDRA_REPLICATION: value })).toThrow(
    `PICKSTREAM_CASSANDRA_REPLICATION: expected 1 to 9, or data centers with their copies (dc1:3,dc2:3), each once, got ${JSON.stringify(value)}`,
  )
})

test('replication without copies in the local data center is refused', () => {
  expect(() => cassandra({ PICKSTREAM_CASSANDRA_REPLICATION: 'dc2:3' })).toThrow(
    'expected copies in PICKSTREAM_CASSANDRA_DATA_CENTER=datacenter1, got copies in dc2',
  )
})

test('a secure bundle stands for addresses and certificates', () => {
  const env = { PICKSTREAM_CASSANDRA_SECURE_BUNDLE_FILE: '/etc/bundle.zip' }
  expect(cassandra(env)).toMatchObject({ secureBundleFile: '/etc/bundle.zip' })
  expect(() => cassandra({ ...env, PICKSTREAM_CASSANDRA_TLS: 'on' })).toThrow('the bundle has its own certificates')
})
