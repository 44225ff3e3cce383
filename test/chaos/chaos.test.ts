import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { embeddedFaults } from './embedded/embedded-faults.ts'
import { EmbeddedWorld } from './embedded/embedded-world.ts'
import { Findings } from './findings.ts'
import { runChaos } from './run-chaos.ts'

test('npm run chaos, a minute of it: the one-process start', { timeout: 600_000 }, async () => {
  const dir = await mkdtemp(join(tmpdir(), 'pickstream-chaos-'))
  onTestFinished(() => rm(dir, { recursive: true, force: true }))
  const findings = new Findings(() => {})
  const world = { faults: embeddedFaults, open: EmbeddedWorld.open }
  await runChaos(world, { seed: 1, minutes: 0.7, dir, findings, say: () => {}, hostile: false })
  expect(findings.details).toEqual([])
  expect(findings.faults.length).toBeGreaterThanOrEqual(5) // before any fault, three at least, after all
})
