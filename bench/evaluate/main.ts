import { writeFileSync } from 'node:fs'
import { Command, Option } from 'commander'
import { splitAt } from '../../engine/train/evaluate-candidate.ts'
import { prefixOf } from '../../engine/train/log.ts'
import type { WalkMode } from '../../engine/train/test-then-train.ts'
import { trainModel } from '../../engine/train/train-model.ts'
import { eventOptions, itemOptions, withReadFlags } from '../../tools/import/read-flags.ts'
import { graphqlClient } from '../../tools/lib/graphql-client.ts'
import { reweighing } from './methods.ts'
import { plotFreshness } from './plot.ts'
import { Progress } from './progress.ts'
import {
  type Protocol,
  type ProtocolRow,
  parsePeriods,
  protocols,
  runLeaveOneOut,
  runNextBasket,
  runStream,
} from './protocols/run-protocol.ts'
import { filesOf, readLog } from './read-log.ts'
import { printProtocol, printTables, type Report } from './report.ts'
import { evaluateRunning, printRunning } from './running.ts'
import { walkOnce } from './walk.ts'

const program = withReadFlags(new Command('evaluate'))
  .description('Judges the recommender on a log by test-then-learn: ask, then reveal, event by event.')
  .option('--data <dir>', 'folder with events.csv[.gz] and items.csv[.gz]')
  .option('--events <file>', 'events, as npm run import reads them; each needs a time')
  .option('--items <file>', 'items, as npm run import reads them')
  .option(
    '--mode <mode>',
    'events, or baskets: all events of one timestamp are asked for before any is revealed',
    'events',
  )
  .addOption(
    new Option(
      '--protocol <name>',
      'stream: events.csv.gz of session_id,item_id,period in --data; leave-one-out: sequences.txt.gz in --data; next-basket: repeats allowed',
    )
      .choices([...protocols])
      .default('test-then-learn'),
  )
  .option('--item-side <kind>', 'with --protocol stream: frozen or live within a period', 'frozen')
  .option('--periods <range>', 'with --protocol stream: the periods that are asked', '1-16')
  .option('--every <n>', 'with --protocol stream: ask every n-th query', Number, 1)
  .option('--freshness <list>', 'of live, nightly, frozen and lags like 10s', 'live')
  .option(
    '--methods <list>',
    'of popular, pickstream, untrained, single features such as next or neighbors, and all but one, such as -ever',
    'popular,untrained,pickstream',
  )
  .option('--queries <n>', 'ask at most about so many scored events, spread evenly', Number, Number.POSITIVE_INFINITY)
  .option('--url <url>', 'judge the empty server that runs there, beside the engine alone, on the same events')
  .option('--last <n>', 'with --url: how many events are asked for, the rest being its history', Number, 2000)
  .option('--token <token>', 'with --url: an API key that may do all, where the server asks for one')
  .option('--json', 'print one JSON object instead of tables')
  .option('--plot <file>', 'write the hit rate by freshness as SVG')
  .parse()

const refusedShown = 20
const options = program.opts()
if (!options.data && !options.events) program.error('one of --data and --events is needed')
if (options.mode !== 'events' && options.mode !== 'baskets')
  program.error(`--mode: expected events or baskets, got ${options.mode}`)
const mode = options.mode as WalkMode
const protocol = options.protocol as Protocol
const progress = new Progress(process.stderr)
if (protocol === 'stream' || protocol === 'leave-one-out') {
  if (!options.data) program.error(`--protocol ${protocol}: --data is needed`)
  if (options.itemSide !== 'frozen' && options.itemSide !== 'live')
    program.error(`--item-side: expected frozen or live, got ${options.itemSide}`)
  const run = {
    folder: options.data,
    itemSide: options.itemSide,
    periods: parsePeriods(options.periods),
    every: options.every,
  }
  finish(protocol === 'stream' ? await runStream(run, progress) : runLeaveOneOut(options.data, progress))
}
const files = options.data ? filesOf(options.data) : { events: options.events, items: options.items ?? null }
const methods: string[] = options.methods.split(',')
const freshnesses: string[] = options.freshness.split(',')

for (const method of methods) reweighing(method)
if (options.now) program.error('--now: an evaluation needs the time of each event')
let refused = 0
const log = await readLog(files, {
  events: eventOptions(program.opts()),
  items: itemOptions(program.opts()),
  onNote: (note) => process.stderr.write(`${note}\n`),
  onBad(file, line, reason) {
    if (refused++ < refusedShown) process.stderr.write(`${file} line ${line}: ${reason}\n`)
  },
})
if (refused > 0) process.stderr.write(`${refused} rows were left out\n`)
if (protocol === 'next-basket') finish(runNextBasket(log, progress))
const from = splitAt(log, 0.8)
if (options.url) {
  const client = graphqlClient({ url: options.url, token: options.token, retryMsMax: 60_000, requestMsMax: 3_600_000 })
  const result = await evaluateRunning(log, options.last, client, progress)
  if (options.json) process.stdout.write(`${JSON.stringify(result)}\n`)
  else printRunning(result, process.stdout)
  process.exit()
}

const trainingBegun = performance.now()
const needsModel = methods.some((name) => name !== 'popular' && name !== 'untrained')
const head = prefixOf(log, from)
const trained = needsModel
  ? progress.run('train', trainModel(head, { version: 1, trainedAt: log.times[from - 1]! }), ({ phase, done }) => ({
      label: phase,
      done,
    }))
  : null
const model = trained?.model ?? null
const trainSeconds = (performance.now() - trainingBegun) / 1000

const report: Report = {
  data: options.data ?? options.events,
  mode,
  events: log.size,
  scored: 0,
  methods: {},
  timings: { trainSeconds, microsPerEvent: 0, microsPerQuery: {} },
  training: { validation: trained?.candidate ?? null, reason: trained?.reason ?? 'nothing to train' },
}
for (const method of methods) report.methods[method] = {}
for (const freshness of freshnesses) {
  // The model is set for `pickstream` only; `untrained` walks in a world of its own.
  for (const [group, served] of [
    [methods.filter((name) => name !== 'untrained'), model],
    [methods.filter((name) => name === 'untrained'), null],
  ] as const) {
    if (group.length === 0) continue
    const plan = {
      mode,
      from,
      freshness,
      methods: group.map((name) => (name === 'untrained' ? 'pickstream' : name)),
      queriesMax: options.queries,
    }
    const { results, microsPerEvent } = progress.run(
      `${freshness} ${group.join(' ')}`,
      walkOnce(log, served, plan),
      (done) => ({ label: freshness, done }),
    )
    for (const name of group) {
      const result = results.get(name === 'untrained' ? 'pickstream' : name)!
      report.methods[name]![freshness] = result
      report.scored = Math.max(report.scored, result.n)
      if (freshness === freshnesses[0]) report.timings.microsPerQuery[name] = result.microsPerQuery
    }
    if (served !== null && freshness === freshnesses[0]) report.timings.microsPerEvent = microsPerEvent
  }
}
progress.end()
if (options.plot) writeFileSync(options.plot, await plotFreshness(report))
if (options.json) process.stdout.write(`${JSON.stringify(report)}\n`)
else printTables(report, process.stdout)

/** Prints the rows of another protocol and ends. */
function finish(rows: readonly ProtocolRow[]): never {
  progress.end()
  if (options.json) process.stdout.write(`${JSON.stringify({ data: options.data, protocol, rows })}\n`)
  else printProtocol(`${options.data ?? options.events} · ${protocol}`, rows, process.stdout)
  process.exit()
}
