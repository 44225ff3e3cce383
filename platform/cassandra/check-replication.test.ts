import { expect, test } from 'vitest'
import { replicationFaults } from './check-replication.ts'

const faults = (nodes: Record<string, number>, configured: Record<string, number>, existing?: Record<string, number>) =>
  replicationFaults({ keyspace: 'shop', localDataCenter: 'dc1', configured, existing, nodes })

test('as many copies as nodes, or fewer, are fine', () => {
  expect(faults({ dc1: 1 }, { dc1: 1 })).toEqual({ warnings: [] })
  expect(faults({ dc1: 6, dc2: 3 }, { dc1: 3, dc2: 3 }, { dc1: 3, dc2: 3 })).toEqual({ warnings: [] })
  expect(faults({ dc1: 3 }, { dc1: 1 }, { dc1: 3 })).toEqual({ warnings: [] })
})

test('copies whose majority has no nodes are refused, with the setting before the keyspace exists and ALTER KEYSPACE after', () => {
  const expected = (nodes: number, copies: number) =>
    `keyspace shop: expected at most ${nodes} copies in data center dc1, the number of its nodes, got ${copies}`
  const before = faults({ dc1: 1 }, { dc1: 3 }).fatal
  expect(before).toContain(expected(1, 3))
  expect(before).toContain('of which each request needs 2')
  expect(before).toContain('PICKSTREAM_CASSANDRA_REPLICATION')
  const elsewhere = faults({ dc1: 1 }, { dc1: 1, dc2: 3 }).fatal
  expect(elsewhere).toContain(
    'expected data centers of dc1, got dc2. Add nodes, or change PICKSTREAM_CASSANDRA_REPLICATION',
  )
  const after = faults({ dc1: 1, dc2: 5 }, { dc1: 1 }, { dc1: 2 }).fatal
  expect(after).toContain(expected(1, 2))
  expect(after).toContain('ALTER KEYSPACE shop')
  expect(faults({ dc1: 3, dc2: 3 }, { dc1: 3 }, { dc2: 3 }).fatal).toContain(
    'expected copies in data center dc1, got none',
  )
})

test('more copies than nodes whose majority can answer, and a setting that is not applied, are warnings', () => {
  expect(faults({ dc1: 2 }, { dc1: 3 }).warnings).toEqual([
    'expected at most 2 copies in data center dc1, the number of its nodes, got 3',
  ])
  expect(faults({ dc1: 3, dc2: 1 }, { dc1: 3, dc2: 2 }).warnings).toEqual([
    'expected at most 1 copies in data center dc2, the number of its nodes, got 2',
  ])
  expect(faults({ dc1: 3 }, { dc1: 3 }, { dc1: 1 }).warnings).toEqual([
    'PICKSTREAM_CASSANDRA_REPLICATION has 3 copies in data center dc1, the keyspace has 1: the setting applies only when the keyspace is created',
  ])
})
