import { Command, Option } from 'commander'
import { messageOf } from '../schema/app-error.ts'
import type { Figure } from './harness/figure.ts'
import { describeMachine } from './harness/machine.ts'
import { printTable, type Report } from './harness/print.ts'
import { inSurroundings, type Surroundings } from './harness/scratch.ts'
import type { LoadBenchOptions } from './load/bench.ts'
import type { MemoryBenchOptions } from './memory/bench.ts'

type Bench = (surroundings: Surroundings) => Promise<Figure[]>

const benches: Record<string, { readonly about: string; load(): Promise<Bench> }> = {
  graphql: {
    about: 'reads of stored lists, beside Apollo + Express, mercurius and node:http',
    load: async () => (await import('./graphql/bench.ts')).graphqlBench,
  },
  ingest: {
    about: 'mutations of 100 events, beside raw kafkajs',
    load: async () => (await import('./ingest/bench.ts')).ingestBench,
  },
  pipeline: {
    about: 'events from the topic to stored lists, on both platforms',
    load: async () => (await import('./pipeline/bench.ts')).pipelineBench,
  },
  cost: {
    about: 'processor time of an event and of a list, stage by stage',
    load: async () => (await import('./cost/bench.ts')).costBench,
  },
  push: {
    about: 'from a mutation to the list on a socket, beside three raw hops through Kafka',
    load: async () => (await import('./push/bench.ts')).pushBench,
  },
  'fan-out': {
    about: 'pushes to 10,000 sockets, beside ws alone; memory per subscriber',
    load: async () => (await import('./fan-out/bench.ts')).fanOutBench,
  },
  engine: {
    about: 'the exact scan beside numpy; what an event costs embed and recommend',
    load: async () => (await import('./engine/bench.ts')).engineBench,
  },
  train: {
    about: 'matrix factorization, time and quality, beside implicit (PyPI)',
    load: async () => (await import('./train/bench.ts')).trainBench,
  },
  rank: {
    about: '1,000 given ids in the order of one user, and a start page: time of a request',
    load: async () => (await import('./rank/bench.ts')).rankBench,
  },
  growth: {
    about: 'what an event costs at 1, 10 and 100 times the users and items',
    load: async () => (await import('./growth/bench.ts')).growthBench,
  },
}

const program = new Command('bench').description(
  'Measures one part beside a reference in the same run. On loopback, bounded, in temporary folders.',
)
for (const [name, { about, load }] of Object.entries(benches)) {
  program
    .command(name)
    .description(about)
    .option('--json', 'one JSON object instead of a table')
    .option('--quick', 'under a minute, rough')
    .action(async (options: BenchOptions) => run(name, options, await load()))
}

program
  .command('load')
  .description("a visitor's push before, during and after a log is sent at full speed; events/s; memory")
  .option('--json', 'one JSON object instead of a table')
  .option('--quick', 'shorter quiet phases')
  .option('--scale <share>', 'share of 116,285 events of 24,385 users on 18,009 items', positive, 0.25)
  .option('--events <file>', 'an event log as npm run import reads it, instead of generated clicks')
  .addOption(new Option('--platform <name>').choices(['embedded', 'cluster', 'both']).default('both'))
  .addOption(new Option('--priority <lane>', 'of recordEvents').choices(['LIVE', 'BULK']).default('LIVE'))
  .action(async (options: BenchOptions & LoadBenchOptions) => {
    const { loadBench } = await import('./load/bench.ts')
    await run('load', options, (surroundings) => loadBench(options, surroundings))
  })

program
  .command('memory')
  .description('what one process holds, by the number of items and users')
  .option('--json', 'one JSON object instead of a table')
  .option('--quick', 'under two minutes: up to 20,000 items and 1,000 users')
  .option('--items <n>', 'measure one shop of so many items', count)
  .option('--users <n>', 'and so many users', count)
  .action(async (options: BenchOptions & MemoryBenchOptions) => {
    const { memoryBench } = await import('./memory/bench.ts')
    await run('memory', options, (surroundings) => memoryBench(options, surroundings))
  })

interface BenchOptions {
  readonly json?: boolean
  readonly quick?: boolean
}

async function run(name: string, { json = false, quick = false }: BenchOptions, bench: Bench): Promise<never> {
  const machine = describeMachine()
  const say = (text: string) => console.error(`  ${text}`)
  const figures = await inSurroundings({ quick, say }, bench)
  const report: Report = { bench: name, machine, figures }
  if (json) console.log(JSON.stringify(report))
  else printTable(report)
  process.exit(figures.some(({ holds }) => holds === false) ? 1 : 0)
}

function positive(text: string): number {
  const share = Number(text)
  if (!(share > 0 && share <= 20)) throw new Error(`--scale: expected a number above 0 and up to 20, got "${text}"`)
  return share
}

function count(text: string): number {
  const number = Number(text)
  if (!(Number.isInteger(number) && number >= 1_000 && number <= 1e8))
    throw new Error(`--items, --users: expected a whole number from 1,000 to 100,000,000, got "${text}"`)
  return number
}

program.parseAsync().catch((error: unknown) => {
  console.error(messageOf(error))
  process.exit(2)
})
