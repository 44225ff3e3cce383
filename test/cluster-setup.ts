import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { startCluster } from '../tools/local-cluster/cluster.ts'
import { whyNotAvailable } from '../tools/local-cluster/java.ts'

/** Where the broker and the Cassandra node of this run answer; undefined where there can be none. */
export interface ClusterAddress {
  readonly brokers: string[]
  readonly contactPoints: string[]
  readonly dataCenter: string
}

declare module 'vitest' {
  export interface ProvidedContext {
    cluster: ClusterAddress | undefined
  }
}

/**
 * One real Kafka and Cassandra for all *.cluster.test.ts of a run, started only when one of them is run. Every test file
 * takes a namespace of its own (test/on-cluster.ts), so they do not see each other.
 */
export default async function setup(project: TestProject): Promise<(() => Promise<void>) | undefined> {
  const why = whyNotAvailable()
  if (why !== undefined) {
    if (process.env.CI) throw new Error(`The tests on real Kafka and Cassandra cannot run: ${why}`)
    console.warn(`\n  SKIPPED: all tests on real Kafka and Cassandra. ${why}\n`)
    project.provide('cluster', undefined)
    return undefined
  }
  const dir = await mkdtemp(join(tmpdir(), 'pickstream-cluster-'))
  const removeDir = () => rm(dir, { recursive: true, force: true })
  const cluster = await startCluster({ dir, nodes: 1 }).catch(async (error: unknown) => {
    await removeDir()
    throw error // with the end of the log in its message
  })
  const { brokers, contactPoints, dataCenter } = cluster
  project.provide('cluster', { brokers: [...brokers], contactPoints: [...contactPoints], dataCenter })
  return async () => {
    await cluster.stop()
    await removeDir()
  }
}
