import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { describeOnCluster } from '../on-cluster.ts'
import { ClusterWorld, fewProcesses } from './cluster/cluster-world.ts'
import { processFaults } from './cluster/process-faults.ts'
import { Findings } from './findings.ts'
import { runChaos } from './run-chaos.ts'

describeOnCluster('npm run chaos, a minute of it', (addresses) => {
  test('the server and each stage as a process, on Kafka and Cassandra', { timeout: 600_000 }, async () => {
    const dir = await mkdtemp(join(tmpdir(), 'pickstream-chaos-'))
    onTestFinished(() => rm(dir, { recursive: true, force: true }))
    const findings = new Findings(() => {})
    const world = {
      faults: processFaults(fewProcesses),
      open: (surroundings: { dir: string; say: (text: string) => void }) =>
        ClusterWorld.at({ ...addresses, nodes: 1 }, surroundings),
    }
    await runChaos(world, { seed: 1, minutes: 0.7, dir, findings, say: () => {}, hostile: false })
    expect(findings.details).toEqual([])
    expect(findings.faults.length).toBeGreaterThanOrEqual(5) // before any fault, three at least, after all
  })
})
