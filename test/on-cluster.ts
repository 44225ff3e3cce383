import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, inject } from 'vitest'
import type { ClusterAddress } from './cluster-setup.ts'

const cluster = await clusterOfRun()

/** A suite that needs real Kafka and Cassandra. Where they cannot run it is skipped, and test/cluster-setup.ts says why. */
export function describeOnCluster(name: string, suite: (cluster: ClusterAddress) => void): void {
  if (cluster) describe(name, () => suite(cluster))
  else describe.skip(name, () => suite({ brokers: [], contactPoints: [], dataCenter: '' }))
}

/** A namespace nobody else uses. */
export const freshNamespace = (): string => `t${randomBytes(6).toString('hex')}`

/** Resolves once the cluster that test/cluster-setup.ts starts is ready; rejects with the reason when it could not start. */
async function clusterOfRun(): Promise<ClusterAddress | undefined> {
  const file = inject('clusterFile')
  if (file === undefined) return undefined
  while (!existsSync(file)) await sleep(100)
  const { address, error } = JSON.parse(readFileSync(file, 'utf8')) as { address?: ClusterAddress; error?: string }
  if (!address) throw new Error(error)
  return address
}
