import { Command } from 'commander'
import { messageOf } from '../schema/app-error.ts'
import type { Figure } from './harness/figure.ts'
import { describeMachine } from './harness/machine.ts'
import { printTable, type Report } from './harness/print.ts'
import { inSurroundings, type Surroundings } from './harness/scratch.ts'

type Bench = (surroundings: Surroundings) => Promise<Figure[]>

const benches: Record<string, { readonly about: string; load(): Promise<Bench> }> = {
  pipeline: {
    about: 'events from the topic to stored lists, on both platforms',
    load: async () => (await import('./pipeline/bench.ts')).pipelineBench,
  },
  push: {
    about: 'from a mutation to the list on a socket, beside three raw hops through Kafka',
    load: async () => (await import('./push/bench.ts')).pushBench,
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
    .action(async ({ json = false, quick = false }: { json?: boolean; quick?: boolean }) => {
      const machine = describeMachine()
      const bench = await load()
      const say = (text: string) => console.error(`  ${text}`)
      const figures = await inSurroundings({ quick, say }, bench)
      const report: Report = { bench: name, machine, figures }
      if (json) console.log(JSON.stringify(report))
      else printTable(report)
      process.exit(figures.some(({ holds }) => holds === false) ? 1 : 0)
    })
}

program.parseAsync().catch((error: unknown) => {
  console.error(messageOf(error))
  process.exit(2)
})
