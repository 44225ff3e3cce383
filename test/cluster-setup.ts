import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { messageOf } from '../schema/app-error.ts'
import { startCluster } from '../tools/local-cluster/cluster.ts'
import { whyNotAvailable } from '../tools/local-cluster/java.ts'

/** Where the broker and the Cassandra node of this run answer. */
export interface ClusterAddress {
  readonly brokers: string[]
  readonly contactPoints: string[]
  readonly dataCenter: string
}

declare module 'vitest' {
  export interface ProvidedContext {
    /** The file that holds the address once the cluster is ready, or why it is not; undefined where there can be none. */
    clusterFile: string | undefined
  }
}

/**
 * One real Kafka and Cassandra for all *.cluster.test.ts of a run, started only when one of them is run, in the background:
 * who needs them waits (test/on-cluster.ts). Every test file takes a namespace of its own, so they do not see each other.
 */
export default async function setup(project: TestProject): Promise<(() => Promise<void>) | undefined> {
  const why = whyNotAvailable()
  if (why !== undefined) {
    if (process.env.CI) throw new Error(`The tests on real Kafka and Cassandra cannot run: ${why}`)
    console.warn(`\n  SKIPPED: all tests on real Kafka and Cassandra. ${why}\n`)
    project.provide('clusterFile', undefined)
    return undefined
  }
  // The JVMs of the tests live for seconds to a minute: the optimizing compiler would cost more than it gives. Test processes inherit it.
  process.env.JDK_JAVA_OPTIONS ??= '-XX:TieredStopAtLevel=1'
  const dir = await mkdtemp(join(tmpdir(), 'pickstream-cluster-'))
  const file = join(dir, 'address.json')
  const starting = startCluster({ dir, nodes: 1 })
  const told = starting.then(
    ({ brokers, contactPoints, dataCenter }) => tell(file, { address: { brokers, contactPoints, dataCenter } }),
    (error: unknown) => tell(file, { error: messageOf(error) }), // with the end of the log in its message
  )
  project.provide('clusterFile', file)
  return async () => {
    await told
    await starting.then(
      (cluster) => cluster.stop(),
      () => {},
    )
    await rm(dir, { recursive: true, force: true })
  }
}

/** The file is there as a whole or not at all. */
async function tell(file: string, outcome: object): Promise<void> {
  await writeFile(`${file}.part`, JSON.stringify(outcome))
  await rename(`${file}.part`, file)
}
