import { randomBytes } from 'node:crypto'
import { describe, inject } from 'vitest'
import type { ClusterAddress } from './cluster-setup.ts'

/** A suite that needs real Kafka and Cassandra. Where they cannot run it is skipped, and test/cluster-setup.ts says why. */
export function describeOnCluster(name: string, suite: (cluster: ClusterAddress) => void): void {
  const cluster = inject('cluster')
  if (cluster) describe(name, () => suite(cluster))
  else describe.skip(name, () => suite({ brokers: [], contactPoints: [], dataCenter: '' }))
}

/** A namespace nobody else uses. */
export const freshNamespace = (): string => `t${randomBytes(6).toString('hex')}`
