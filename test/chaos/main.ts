import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { Command, InvalidArgumentError, Option } from 'commander'
import { messageOf } from '../../schema/app-error.ts'
import { aProcessEach, OwnClusterWorld } from './cluster/cluster-world.ts'
import { nodeFaults } from './cluster/node-faults.ts'
import { processFaults } from './cluster/process-faults.ts'
import { embeddedFaults } from './embedded/embedded-faults.ts'
import { EmbeddedWorld } from './embedded/embedded-world.ts'
import { Findings } from './findings.ts'
import { runHostileMix } from './hostile/hostile-mix.ts'
import { type ImportChaosOptions, runImportChaos } from './import/run-import.ts'
import { printTable, toJson } from './report.ts'
import { type ChaosOptions, runChaos } from './run-chaos.ts'

interface Options {
  readonly minutes: number
  readonly seed: number
  readonly platform: 'embedded' | 'cluster' | 'both'
  readonly json: boolean
}

type ImportOptions = Pick<Options, 'platform' | 'json'> &
  Pick<ImportChaosOptions, 'events' | 'items' | 'rounds' | 'partitions' | 'seed'>

const stopMsMax = 25_000
/** Of the time, where both are hurt. */
const embeddedShare = 0.45

const program = new Command('chaos')
  .enablePositionalOptions()
  .description(
    'Hurts a running Pickstream in every way the table of faults knows, and checks after each that nothing is lost.',
  )
  .option('--minutes <n>', 'how long faults go on, shared among the platforms', positive, 20)
  .option('--seed <n>', 'of the load and of the faults', positive, 1)
  .addOption(new Option('--platform <name>', 'what to hurt').choices(['embedded', 'cluster', 'both']).default('both'))
  .option('--json', 'one JSON object instead of a table', false)
  .action(run)

program
  .command('hostile')
  .description('A shopper and a stranger attack the one-process start; another client and the memory are measured.')
  .option('--seconds <n>', 'how long the attack goes on', positive, 60)
  .option('--json', 'one JSON object instead of a table', false)
  .action(({ seconds, json }: { seconds: number; json: boolean }) =>
    reported({ seed: 1, json }, (parts) => runHostileMix({ ...parts, seconds })),
  )

program
  .command('import')
  .description('Kills processes in the middle of an import and compares its end with one that nothing disturbed.')
  .requiredOption('--events <file>', 'as npm run import takes it', pathOf)
  .option('--items <file>', 'the catalog, imported first', pathOf)
  .option('--rounds <n>', 'how often each is killed on the way, and again behind the last row', positive, 1)
  .option('--partitions <n>', 'with more than one, sums add up in another order every time', positive, 1)
  .option('--seed <n>', 'of whom it meets when', positive, 1)
  .addOption(new Option('--platform <name>', 'what to hurt').choices(['embedded', 'cluster', 'both']).default('both'))
  .option('--json', 'one JSON object instead of a table', false)
  .action(disturbImport)

await program.parseAsync().catch((error: unknown) => {
  console.error(messageOf(error))
  process.exit(2)
})

async function run({ minutes, platform, ...options }: Options): Promise<void> {
  await reported(options, (parts) => hurt({ minutes, platform, seed: options.seed, ...parts }))
}

async function disturbImport({ platform, json, ...options }: ImportOptions): Promise<void> {
  const platforms = platform === 'both' ? (['embedded', 'cluster'] as const) : [platform]
  await reported({ seed: options.seed, json }, (parts) => runImportChaos({ ...options, platforms, ...parts }))
}

interface Parts {
  readonly dir: string
  readonly findings: Findings
  readonly say: (text: string) => void
  readonly signal: AbortSignal
}

/** Prints what was found and ends the process: 0 where everything held. */
async function reported(
  { seed, json }: Pick<Options, 'seed' | 'json'>,
  work: (parts: Parts) => Promise<void>,
): Promise<void> {
  const stopping = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => stop(stopping))
  const begun = performance.now()
  const say = (text: string) => console.error(`  ${((performance.now() - begun) / 1000).toFixed(0)} s  ${text}`)
  const findings = new Findings(say)
  const dir = await mkdtemp(join(tmpdir(), 'pickstream-chaos-'))
  try {
    await work({ dir, findings, say, signal: stopping.signal })
  } catch (error) {
    if (!stopping.signal.aborted) findings.add('notRecovered', `the run broke off: ${messageOf(error)}`)
  }
  if (json) console.log(JSON.stringify(toJson(seed, findings)))
  else printTable(seed, findings)
  if (findings.holds) await rm(dir, { recursive: true, force: true })
  else say(`the logs of the processes are in ${dir}`)
  process.exit(stopping.signal.aborted ? 130 : findings.holds ? 0 : 1)
}

/** In order; what takes too long ends with this process, whatever state it is in. */
function stop(stopping: AbortController): void {
  if (stopping.signal.aborted) return
  stopping.abort()
  setTimeout(() => process.exit(130), stopMsMax).unref()
}

async function hurt({ minutes, platform, dir, ...options }: ChaosOptions & Pick<Options, 'platform'>): Promise<void> {
  if (platform !== 'cluster') {
    const share = platform === 'both' ? embeddedShare : 1
    const world = { faults: embeddedFaults, open: EmbeddedWorld.open }
    await runChaos(world, { ...options, dir: await folder(dir, 'embedded'), minutes: minutes * share })
    if (!options.signal?.aborted) await runHostileMix({ ...options, dir: await folder(dir, 'hostile-mix') })
  }
  if (platform !== 'embedded' && !options.signal?.aborted) {
    const share = platform === 'both' ? 1 - embeddedShare : 1
    const world = { faults: [...processFaults(aProcessEach), ...nodeFaults], open: OwnClusterWorld.open }
    await runChaos(world, { ...options, dir: await folder(dir, 'cluster'), minutes: minutes * share })
  }
}

async function folder(dir: string, name: string): Promise<string> {
  const path = join(dir, name)
  await mkdir(path)
  return path
}

/** The importer runs in a folder of its own. */
function pathOf(text: string): string {
  return resolve(text)
}

function positive(text: string): number {
  const value = Number(text)
  if (!Number.isFinite(value) || value <= 0) throw new InvalidArgumentError(`expected a number above 0, got "${text}"`)
  return value
}
