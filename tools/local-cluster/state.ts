import { readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { CassandraNode } from './cassandra-node.ts'
import type { KafkaNode } from './kafka-node.ts'

/**
 * State file that `up` writes and `down`, `status` and `start:cluster` read: the processes of a folder, and their
 * addresses.
 */
export interface ClusterState {
  readonly clusterId: string
  readonly namespace: string
  readonly brokers: readonly string[]
  readonly contactPoints: readonly string[]
  readonly dataCenter: string
  readonly kafka: readonly (KafkaNode & Running)[]
  readonly cassandra: readonly (CassandraNode & Running)[]
}

export interface Running {
  /** undefined while it is stopped. */
  readonly pid?: number
  readonly logFile: string
}

const fileOf = (dir: string): string => join(dir, 'cluster.json')

export async function readState(dir: string): Promise<ClusterState | undefined> {
  try {
    return JSON.parse(await readFile(fileOf(dir), 'utf8')) as ClusterState
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

export async function writeState(dir: string, state: ClusterState): Promise<void> {
  const draft = `${fileOf(dir)}.${process.pid}`
  await writeFile(draft, JSON.stringify(state, null, 2))
  await rename(draft, fileOf(dir))
}
