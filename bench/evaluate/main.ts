import { writeFileSync } from 'node:fs'
import { Command, Option } from 'commander'
import type { TrainingLog } from '../../engine/train/log.ts'
import type { WalkMode } from '../../engine/train/test-then-train.ts'
import { messageOf } from '../../schema/app-error.ts'
import { eventOptions, itemOptions, withReadFlags } from '../../tools/import/read-flags.ts'
import { graphqlClient } from '../../tools/lib/graphql-client.ts'
import { wholeNumber } from '../../tools/lib/whole-number.ts'
import { evaluateAll } from './all.ts'
import { evaluateLog } from './evaluate-log.ts'
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
import { KNOWN_AT } from './walk.ts'

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
  .option('--every <n>', 'with --protocol stream: ask every n-th query', wholeNumber, 1)
  .option('--freshness <list>', 'of live, nightly, frozen and lags like 10s', 'live')
  .option(
    '--methods <list>',
    'of popular, pickstream, untrained, single features such as next or neighbors, and all but one, such as -ever',
    'popular,untrained,pickstream',
  )
  .option(
    '--queries <n>',
    'ask about so many of the scored events, users or households, spread evenly',
    wholeNumber,
    Number.POSITIVE_INFINITY,
  )
  .option(
    '--all',
    'measure every row of the table in docs/quality.md; --data is the folder of all logs then, default ../shared/data',
  )
  .option('--rows <list>', 'with --all: only rows of these names or logs, such as clicks,movies')
  .option('--sample <n>', 'with --all: about so many queries a row, and four periods of the stream', wholeNumber)
  .option(
    '--results <file>',
    'with --all: keeps each row once it is measured; a second run measures the others',
    '.cache/quality.json',
  )
  .option('--url <url>', 'judge the empty server that runs there, beside the engine alone, on the same events')
  .option('--last <n>', 'with --url: how many events are asked for, the rest being its history', wholeNumber, 2000)
  .option('--token <token>', 'with --url: an API key that may do all, where the server asks for one')
  .option('--json', 'print one JSON object instead of tables')
  .option('--plot <file>', 'write the hit rate by freshness as SVG')
  .parse()

const refusedShown = 20
const options = program.opts()
const progress = new Progress(process.stderr)

try {
  if (options.all) await measureAllRows()
  else if (options.protocol === 'stream' || options.protocol === 'leave-one-out') await runProtocolOnFolder()
  else await judgeLog()
} catch (error) {
  program.error(`evaluate: ${messageOf(error)}`)
}

async function measureAllRows(): Promise<never> {
  const complete = await evaluateAll({
    folder: options.data ?? '../shared/data',
    rows: options.rows?.split(',') ?? null,
    sample: options.sample ?? null,
    results: options.results,
    out: process.stdout,
  })
  process.exit(complete ? 0 : 1)
}

async function runProtocolOnFolder(): Promise<never> {
  const protocol = options.protocol as Protocol
  if (!options.data) program.error(`--protocol ${protocol}: --data is needed`)
  if (options.itemSide !== 'frozen' && options.itemSide !== 'live')
    program.error(`--item-side: expected frozen or live, got ${options.itemSide}`)
  const run = {
    folder: options.data,
    itemSide: options.itemSide,
    periods: parsePeriods(options.periods),
    every: options.every,
    queriesMax: options.queries,
  }
  return finish(
    protocol === 'stream' ? await runStream(run, progress) : runLeaveOneOut(options.data, options.queries, progress),
  )
}

async function judgeLog(): Promise<void> {
  if (!options.data && !options.events) program.error('one of --data and --events is needed')
  if (options.mode !== 'events' && options.mode !== 'baskets')
    program.error(`--mode: expected events or baskets, got ${options.mode}`)
  const methods: string[] = options.methods.split(',')
  const freshnesses: string[] = options.freshness.split(',')
  for (const method of methods) reweighing(method)
  for (const freshness of freshnesses) KNOWN_AT(freshness)
  if (options.now) program.error('--now: an evaluation needs the time of each event')
  const log = await readWholeLog()
  if (options.protocol === 'next-basket') finish(runNextBasket(log, options.queries, progress))
  if (options.url) await judgeRunning(log)
  const asked = { mode: options.mode as WalkMode, methods, freshnesses, queriesMax: options.queries }
  const report: Report = { data: options.data ?? options.events, ...evaluateLog(log, asked, progress) }
  progress.end()
  if (report.scored === 0)
    throw new Error(`expected scored events in the last fifth of the log, got none of ${log.size} events`)
  if (options.plot) writeFileSync(options.plot, await plotFreshness(report))
  if (options.json) process.stdout.write(`${JSON.stringify(report)}\n`)
  else printTables(report, process.stdout)
}

/** Reports the first skipped rows, and their number. */
async function readWholeLog(): Promise<TrainingLog> {
  const files = options.data ? filesOf(options.data) : { events: options.events, items: options.items ?? null }
  let refused = 0
  const log = await readLog(files, {
    events: eventOptions(program.opts()),
    items: itemOptions(program.opts()),
    onNote: (note) => process.stderr.write(`${note}\n`),
    onBad(file, line, reason) {
      if (refused++ < refusedShown) process.stderr.write(`${file} line ${line}: ${reason}\n`)
    },
  })
  if (refused > 0) process.stderr.write(`${refused} rows were skipped\n`)
  return log
}

async function judgeRunning(log: TrainingLog): Promise<never> {
  const client = graphqlClient({ url: options.url, token: options.token, retryMsMax: 60_000, requestMsMax: 3_600_000 })
  const result = await evaluateRunning(log, options.last, client, progress)
  if (options.json) process.stdout.write(`${JSON.stringify(result)}\n`)
  else printRunning(result, process.stdout)
  process.exit()
}

/** Prints the rows of another protocol and exits. */
function finish(rows: readonly ProtocolRow[]): never {
  const { protocol } = options
  progress.end()
  if (options.json) process.stdout.write(`${JSON.stringify({ data: options.data, protocol, rows })}\n`)
  else printProtocol(`${options.data ?? options.events} · ${protocol}`, rows, process.stdout)
  process.exit()
}
