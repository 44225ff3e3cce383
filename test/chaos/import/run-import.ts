import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { readRows } from '../../../tools/import/read-rows.ts'
import { Dice } from '../../simulator/dice.ts'
import { OwnClusterWorld } from '../cluster/cluster-world.ts'
import { EmbeddedWorld } from '../embedded/embedded-world.ts'
import type { Findings } from '../findings.ts'
import { ChaosClient } from '../load/client.ts'
import type { Surroundings, World } from '../world.ts'
import { disturb } from './disturb.ts'
import { compareImports, type Imported, importedIn } from './imported.ts'
import { Importing } from './importing.ts'
import { clusterVictims, embeddedVictims, type Victim } from './victims.ts'

export interface ImportChaosOptions {
  readonly events: string
  readonly items?: string
  readonly platforms: readonly ('embedded' | 'cluster')[]
  /** How often each victim is killed while rows are sent, and again while the stages work off what waits. */
  readonly rounds: number
  readonly partitions: number
  readonly seed: number
  readonly dir: string
  readonly findings: Findings
  readonly say: (text: string) => void
}

interface Kind<World> {
  open(surroundings: Surroundings): Promise<World>
  victims(world: World, dice: Dice): readonly Victim[]
}

const refresh = 'mutation { refreshRecommendations { done reason } }'
const refreshMsMax = 600_000
const calmLooks = 8

/**
 * Imports a whole log into each platform while its processes are killed, and compares what is left with an import into the
 * embedded platform that nothing disturbs: the same events must count, and lead to the same lists.
 */
export async function runImportChaos(options: ImportChaosOptions): Promise<void> {
  const { platforms, findings, say, rounds } = options
  say('importing, undisturbed')
  const calm = await importInto('calm', { open: EmbeddedWorld.openLarge, victims: () => [] }, options)
  for (const platform of platforms) {
    say(`importing into the ${platform} platform, disturbed`)
    const found =
      platform === 'embedded'
        ? await importInto(platform, { open: EmbeddedWorld.openLarge, victims: embeddedVictims }, options, rounds * 5)
        : await importInto(platform, { open: OwnClusterWorld.open, victims: clusterVictims }, options, rounds)
    findings.begin(`${platform}: the import at its end`)
    compareImports(found, calm, findings)
  }
}

async function importInto<Hurt extends World>(
  name: string,
  { open, victims }: Kind<Hurt>,
  options: ImportChaosOptions,
  rounds = 0,
): Promise<Imported> {
  const { events, items, findings, seed, say, partitions } = options
  const dir = join(options.dir, name)
  await mkdir(dir)
  const settings = { PICKSTREAM_PARTITIONS: String(partitions), PICKSTREAM_LOG_LEVEL: 'info' }
  const world = await open({ dir, say, settings })
  try {
    const begun = performance.now()
    const files = ['--events', events, ...(items === undefined ? [] : ['--items', items])]
    const importing = new Importing(dir, [...files, '--url', world.url, '--batch', '1000'])
    if (rounds > 0) {
      const dice = new Dice(seed)
      const parts = { importing, rows: await rowsIn(events), dice, findings, platform: name, say }
      await Promise.all([importing.done, disturb(victims(world, dice), rounds, parts)])
    }
    await importing.done
    findings.note(`${name}: imported in ${((performance.now() - begun) / 1000).toFixed(0)} s`)
    await refreshAll(world.url, findings)
    return await world.left(importedIn)
  } finally {
    await world.close()
  }
}

/** A list is of the moment it was made; made anew at rest, all are of what everybody did. */
async function refreshAll(url: string, findings: Findings): Promise<void> {
  const client = new ChaosClient({ url, findings })
  await untilRest(client)
  await client.ask(refresh, {}, refreshMsMax)
  await untilRest(client)
}

/** Calm for a while: what a stage has handed on is taken up, and followed by those that only follow. */
async function untilRest(client: ChaosClient): Promise<void> {
  const until = performance.now() + refreshMsMax
  for (let calm = 0; calm < calmLooks; ) {
    const answer = await client.ask<{ pipeline: { stages: { lag: number }[] } }>('{ pipeline { stages { lag } } }')
    calm = answer?.data.pipeline.stages.every(({ lag }) => lag === 0) ? calm + 1 : 0
    if (performance.now() > until) throw new Error(`the stages are not at rest after ${refreshMsMax} ms`)
    await sleep(500)
  }
}

async function rowsIn(file: string): Promise<number> {
  let rows = 0
  for await (const _ of readRows(file).rows) rows++
  return rows
}
