import { existsSync, statSync } from 'node:fs'
import { Command } from 'commander'
import { messageOf } from '../../schema/app-error.ts'
import { type GraphQLClient, graphqlClient } from '../lib/graphql-client.ts'
import { withServer } from '../lib/operator-client.ts'
import { progressBar } from '../lib/progress-bar.ts'
import { wholeNumber } from '../lib/whole-number.ts'
import { BadRows } from './bad-rows.ts'
import { type CheckReport, checkFile } from './check-file.ts'
import { asksFirst, CheckedFile, confirmed } from './confirm.ts'
import type { EventSample } from './history.ts'
import { importEvents, importItems, refuseFilesEarly } from './import-log.ts'
import type { ImportOptions } from './options.ts'
import { untilCaughtUp } from './pace.ts'
import { eventOptions, itemOptions, withReadFlags } from './read-flags.ts'
import { readEvents, readItems } from './reader.ts'
import { checkpointFile } from './resume.ts'
import type { EventInput, ItemInput } from './to-input.ts'
import { undoImport } from './undo-import.ts'

const program = withReadFlags(withServer(new Command('import')))
  .description('Imports events and a catalog from CSV, TSV or JSON files, gzipped or not. Safe to repeat.')
  .option('--events <file>', 'events: user, item, type, timestamp and optional fields')
  .option('--items <file>', 'items: id, title, categories, tags, price and optional fields; imported first')
  .option('--undo', 'undo the events that the same file, options and server recorded; 200 per user at most', false)
  .option('--id-suffix <text>', 'ends every event id: imports rows again whose events were undone')
  .option('--check', 'dry run: report how the files are parsed and which rows would be refused; send nothing', false)
  .option('--yes', 'do not ask before the first import of a large file', false)
  .option('--batch <rows>', 'rows per request, 1 to 1000', wholeNumber, 500)
  .option('--live', 'record with priority LIVE: processed in turn with the events of visitors, not after them', false)
  .option('--no-wait', 'do not wait for the pipeline at the end')
  .option('--no-resume', 'start from the first row even if an earlier run was interrupted')
  .option('--retry-seconds <seconds>', 'maximum time to retry while the server does not answer', wholeNumber, 600)
  .option('--strict', 'exit code 2 if a row was refused', false)

async function main(options: ImportOptions): Promise<void> {
  const { events, items, url, token } = options
  const files = [items, events].filter((file) => file !== undefined)
  if (files.length === 0) throw new Error('nothing to import: give --events FILE, --items FILE or both')
  for (const file of files) if (!existsSync(file)) throw new Error(`no such file: ${file}`)

  if (options.undo && items !== undefined) {
    throw new Error(
      '--undo undoes events: expected --events FILE alone, got --items; mutation removeItems removes items',
    )
  }
  if (options.check) {
    const reports = await check(options)
    if (options.strict && reports.some(({ refused }) => refused > 0)) process.exitCode = 2
    if (reports.some(({ accepted, refused }) => accepted === 0 && refused > 0)) process.exitCode = 1
    return
  }
  const bar = progressBar('', 'rows')
  const started = performance.now()
  const onRetry = (reason: string, ms: number) => bar.print(`${reason}; retrying in ${(ms / 1000).toFixed(1)} s`)
  const client = graphqlClient({ url, token, retryMsMax: options.retrySeconds * 1000, onRetry })
  const bad = new BadRows(bar)
  const parts = { client, bad, options }
  if (options.undo) {
    await undo(events!, parts)
    return
  }
  if (!(await mayImport(files, options))) return
  await refuseFilesEarly(options)
  if (items) report('items', await importItems(items, parts))
  const imported = events === undefined ? undefined : await importEvents(events, parts)
  if (imported) report('events', imported)

  if (options.wait) {
    process.stderr.write('Waiting for the pipeline ')
    await untilCaughtUp(client, () => process.stderr.write('.'), imported?.last)
    process.stderr.write('\n')
    if (imported) await reportMissing(imported.sample, client)
  }
  const { pipeline } = await client<{ pipeline: { items: number } }>('{ pipeline { items } }')
  const seconds = (performance.now() - started) / 1000
  console.log(`Done in ${seconds.toFixed(1)} s. The catalog has ${pipeline.items} items.`)
  bad.summary()
  if (options.strict && bad.count > 0) process.exitCode = 2
}

/** Undoes the events of a file and prints the counts. */
async function undo(file: string, parts: { client: GraphQLClient; bad: BadRows; options: ImportOptions }) {
  const { bad, options } = parts
  const { rows, skipped, undone, notFound, remaining } = await undoImport(file, parts)
  const counts = [`${rows} rows read`, options.wait ? `${undone} events undone` : `${undone} undos sent`]
  if (skipped > 0) counts.push(`${skipped} done in an earlier run`)
  if (notFound > 0) counts.push(`${notFound} not found`)
  if (remaining > 0) counts.push(`${remaining} not undone, since an undo reaches the newest 200 events of a user`)
  console.log(`events: ${counts.join(', ')}`)
  if (undone > 0) console.log('To import these rows again, add --id-suffix 2: an undone event id does not count again.')
  bad.summary()
  if (options.strict && bad.count > 0) process.exitCode = 2
  if (rows === 0 || undone + skipped > 0) return
  console.error('import: no event of the file was found: --undo needs the options and the server of the import')
  process.exitCode = 1
}

/** An id that was undone is acknowledged and does not count: a sample of the events shows it. */
async function reportMissing(sample: EventSample, client: GraphQLClient): Promise<void> {
  const { checked, missing } = await sample.missing(client)
  const [example] = missing
  if (example === undefined) return
  const { userId, eventId } = example
  console.log(
    `${missing.length} of ${checked} events that were looked up are not in the history, for example ${JSON.stringify(eventId)} of user ${JSON.stringify(userId)}.`,
  )
  console.log(
    'Their ids were undone before, or their users were erased meanwhile. --id-suffix 2 imports undone rows again.',
  )
}

/** Prints the report of a dry run. */
async function check(options: ImportOptions): Promise<CheckReport[]> {
  const { items, events } = options
  const reports: CheckReport[] = []
  if (items) {
    const reading = readItems(items, itemOptions(options))
    reports.push(await checkFile(items, reading, (input) => ({ catalog: (input as ItemInput).id })))
  }
  if (events) {
    const reading = readEvents(events, eventOptions(options))
    const idsOf = ({ userId, itemId }: EventInput) => ({ user: userId, item: itemId })
    reports.push(await checkFile(events, reading, (input) => idsOf(input as EventInput)))
  }
  for (const { lines } of reports) console.log(`${lines.join('\n')}\n`)
  return reports
}

async function mayImport(files: readonly string[], options: ImportOptions): Promise<boolean> {
  const bytes = files.reduce((sum, file) => sum + statSync(file).size, 0)
  const checked = new CheckedFile(checkpointFile(files.at(-1)!, options.url, { ...options, token: undefined }))
  const terminal = process.stdin.isTTY === true && process.stderr.isTTY === true
  if (!asksFirst({ terminal, bytes, yes: options.yes, checkedBefore: checked.before })) return true
  await check(options)
  if (!(await confirmed('Import this? [y/N] '))) return false
  checked.remember()
  return true
}

function report(
  what: string,
  { rows, skipped, accepted, bad, ignored }: Awaited<ReturnType<typeof importItems>>,
): void {
  const parts = [`${rows} rows read`, `${accepted} ${what} accepted`]
  if (skipped > 0) parts.push(`${skipped} accepted in an earlier run`)
  if (bad > 0) parts.push(`${bad} bad rows left out`)
  if (ignored > 0) parts.push(`${ignored} rows ignored: about something that is not imported`)
  console.log(`${what}: ${parts.join(', ')}`)
}

try {
  await main(program.parse().opts())
} catch (error) {
  console.error(`import: ${messageOf(error)}`)
  process.exitCode = 1
}
