import { basename } from 'node:path'
import { messageOf } from '../../schema/app-error.ts'
import { attributeColumns } from './attributes.ts'
import { checkEvent, checkItem } from './check-input.ts'
import {
  ColumnsError,
  type EventColumns,
  eventColumns,
  hasKnownName,
  type ItemColumns,
  itemColumns,
  parseMap,
} from './columns.ts'
import { FileError, OptionNeededError } from './file-error.ts'
import { flatten } from './json-rows.ts'
import { isCommaRegion, type Layout, looksLikeData } from './layout.ts'
import { oneCurrency } from './parse-number.ts'
import { type RowFile, type RowOptions, readRows } from './read-rows.ts'
import { RowIds } from './row-ids.ts'
import type { Cells, Row } from './rows.ts'
import { expandList, fillProducts, type KnownCatalog, recognizeCatalog } from './shops.ts'
import { type EventInput, type ItemInput, toEventInput, toItemInput, type ValueOptions } from './to-input.ts'
import { type KnownExport, recognizeTracker } from './trackers.ts'
import { type EventTypeWords, eventTypeOf } from './words.ts'

export interface ReadOptions extends RowOptions, ValueOptions {
  /** Value of --map. */
  readonly map?: string
  /** Values of --attribute; for items only. */
  readonly attributes?: readonly string[]
  /** Current time, ms: events more than 5 minutes later are refused. Default: when the file is opened. */
  readonly at?: number
  /** Ends every event id, so that rows whose events were undone count again. Default: none. */
  readonly idSuffix?: string
}

/** The result of one row. */
export type Outcome<Input> =
  | { readonly line: number; readonly input: Input }
  /** `needsOption`: the row is ambiguous, and an option decides how to read it. */
  | { readonly line: number; readonly problem: string; readonly needsOption?: boolean }
  /** Valid, but about something that is not imported. */
  | { readonly line: number; readonly ignored: string }

/** How the columns of a file are read. */
export interface Understood {
  /** Name of the recognized tracker or shop, if any. */
  readonly format?: string
  readonly header: readonly string[]
  /** The columns of each field. */
  readonly fields: Readonly<Record<string, string>>
}

export interface Reading<Input> {
  readonly bytes: number
  bytesRead(): number
  /** @throws FileError where the whole file cannot be read */
  understood(): Promise<Understood>
  /** Notes on values of the rows so far that were read in a way users should know, with their counts. */
  notes(): readonly string[]
  /** The results of all rows, in the order of the file. @throws FileError where the whole file cannot be read */
  readonly outcomes: AsyncIterable<Outcome<Input>>
}

/** Rows from which the format of a file is decided; nothing is sent before they are parsed. */
export const sampleRows = 1_000

/**
 * Reads an events file: detects its format, maps its columns, parses and validates each row.
 * @throws FileError where the file is not text; ColumnsError and OptionNeededError come with the first outcome
 */
export function readEvents(file: string, options: ReadOptions = {}): Reading<EventInput> {
  const ids = new RowIds()
  const now = options.at ?? Date.now()
  const given = parseMap(options.map)
  const suffix = options.idSuffix === undefined ? '' : `~${options.idSuffix}`
  let zeroQuantities = 0
  const reading = readAs(file, options, (header, _, layout) => {
    const tracker = recognizeTracker(header)
    const columns: EventColumns = eventColumns(header, given, {
      type: options.type !== undefined,
      now: options.now === true,
    })
    const zone = options.zone ?? tracker?.zone
    const onZeroQuantity = () => void zeroQuantities++
    const values = { commaRegion: isCommaRegion(layout), ...options, zone, onZeroQuantity }
    return {
      understood: { ...(tracker && { format: tracker.name }), header, fields: columns as Record<string, string> },
      expand: (row) => expandList(row, tracker?.list, tracker?.idColumn, flatten),
      ignore: tracker && ((cells) => ignoredBy(tracker, columns, cells, options.types)),
      toInput: (cells, strings) => {
        const event = toEventInput(cells, columns, ids.next(cells, options.type), values, strings)
        return checkEvent({ ...event, eventId: event.eventId + suffix }, now)
      },
    }
  })
  const notes = () =>
    zeroQuantities === 0 ? [] : [`events with a quantity of 0, which counts as 1: ${zeroQuantities}`]
  return { ...reading, notes }
}

/** Reads a catalog in the same way. */
export function readItems(file: string, options: ReadOptions = {}): Reading<ItemInput> {
  const given = parseMap(options.map, '--items-map')
  return readAs(file, options, (header, sample, layout) => {
    const catalog = recognizeCatalog(header)
    const named = itemColumns(header, given)
    const commaRegion = isCommaRegion(layout)
    const attributes = attributeColumns(options.attributes ?? [], header, sample, { commaRegion, ...options })
    const dated = catalog ? withoutPublishedAt(named, given.has('publishedAt')) : withPublishedFlag(named, sample)
    const columns = { ...dated, attributes }
    const values = { commaRegion, ...options, separator: catalog?.separator, currency: oneCurrency() }
    return {
      understood: { ...(catalog && { format: catalog.name }), header, fields: flat(columns) },
      ...(catalog && { fill: fillProducts(catalog), ignore: repeatedProduct(catalog, columns) }),
      toInput: (cells, strings) => checkItem(toItemInput(cells, columns, values, strings)),
    }
  })
}

/**
 * Yields the outcomes, but fails before the first one where one of the first `sampleRows` rows is ambiguous without an
 * option, or all of them are invalid.
 * @throws FileError that names the option, or the reason of the first row
 */
export async function* refuseEarly<Input>(
  file: string,
  outcomes: AsyncIterable<Outcome<Input>>,
): AsyncGenerator<Outcome<Input>> {
  let first: Outcome<Input>[] | undefined = []
  for await (const outcome of outcomes) {
    if (first === undefined) {
      yield outcome
      continue
    }
    first.push(outcome)
    if ('problem' in outcome && outcome.needsOption) {
      throw new FileError(`${basename(file)} line ${outcome.line}: ${outcome.problem}`)
    }
    if (first.length < sampleRows) continue
    refuseAllBad(file, first)
    yield* first
    first = undefined
  }
  if (first === undefined) return
  refuseAllBad(file, first)
  yield* first
}

function refuseAllBad(file: string, outcomes: readonly Outcome<unknown>[]): void {
  const [first] = outcomes
  if (outcomes.length < 2 || !first || outcomes.some((outcome) => !('problem' in outcome))) return
  throw new FileError(
    `${basename(file)}: all of the first ${outcomes.length} rows are invalid; line ${first.line}: ${'problem' in first ? first.problem : ''}. --check lists the reasons`,
  )
}

interface Mapping<Input> {
  readonly understood: Understood
  readonly expand?: (row: Row) => readonly Row[]
  readonly fill?: (cells: Cells) => Cells
  /** The reason why a row is ignored; undefined: it is imported. */
  readonly ignore?: (cells: Cells) => string | undefined
  readonly toInput: (cells: Cells, strings?: ReadonlySet<string>) => Input
}

type MakeMapping<Input> = (header: readonly string[], sample: readonly Cells[], layout: Layout) => Mapping<Input>

function readAs<Input>(file: string, options: RowOptions, make: MakeMapping<Input>): Reading<Input> {
  const rows = readRows(file, options)
  let begun: ReturnType<typeof begin<Input>> | undefined
  const started = () => (begun ??= begin(file, rows, options, make))
  return {
    bytes: rows.bytes,
    bytesRead: rows.bytesRead,
    notes: () => [],
    understood: async () => (await started()).mapping.understood,
    outcomes: (async function* () {
      const { mapping, sample, rest } = await started()
      for (const row of sample) yield* outcomesOf(row, mapping)
      for await (const row of rest) yield* outcomesOf(row, mapping)
    })(),
  }
}

async function begin<Input>(file: string, rows: RowFile, { header: named }: RowOptions, make: MakeMapping<Input>) {
  const layout = await rows.layout()
  const iterator = rows.rows[Symbol.asyncIterator]()
  const sample: Row[] = []
  while (sample.length < sampleRows) {
    const next = await iterator.next()
    if (next.done) break
    sample.push(next.value)
  }
  const header = layout.kind === 'delimited' ? layout.names : namesOf(sample)
  if (named === undefined && looksLikeData(header) && !hasKnownName(header)) {
    throw new ColumnsError(
      `${basename(file)}: expected column names in the first line, got ${header.slice(0, 6).join(', ')}; set them, for example --header user,item,type,timestamp`,
    )
  }
  const cells = sample.flatMap((row) => ('cells' in row ? [row.cells] : []))
  let mapping: Mapping<Input>
  try {
    mapping = make(header, cells, layout)
  } catch (error) {
    throw error instanceof ColumnsError ? new ColumnsError(`${basename(file)}: ${error.message}`) : error
  }
  if (sample.length === 0) throw new FileError(`${basename(file)}: has a header line and no rows`)
  const rest: AsyncIterable<Row> = { [Symbol.asyncIterator]: () => iterator }
  return { mapping, sample, rest }
}

/** The columns of JSON rows, which leave out those without a value; columns of lists are those of their elements. */
function namesOf(sample: readonly Row[]): string[] {
  const names = new Set<string>()
  for (const row of sample) {
    if ('problem' in row) continue
    for (const name of Object.keys(row.cells)) names.add(name)
    for (const [list, elements] of row.lists ?? []) {
      for (const name of flatten(elements[0] as Record<string, unknown>, `${list}.`).cells.keys()) names.add(name)
    }
  }
  return [...names]
}

function* outcomesOf<Input>(row: Row, mapping: Mapping<Input>): Generator<Outcome<Input>> {
  for (const one of mapping.expand?.(row) ?? [row]) {
    const { line } = one
    if ('problem' in one) {
      yield one
      continue
    }
    try {
      const cells = mapping.fill?.(one.cells) ?? one.cells
      const ignored = mapping.ignore?.(cells)
      yield ignored === undefined ? { line, input: mapping.toInput(cells, one.strings) } : { line, ignored }
    } catch (error) {
      yield { line, problem: messageOf(error), ...(error instanceof OptionNeededError && { needsOption: true }) }
    }
  }
}

/** Trackers also record events that are not about one item: page views, checkouts, searches. */
function ignoredBy(
  { name, only }: KnownExport,
  columns: EventColumns,
  cells: Cells,
  types: EventTypeWords | undefined,
): string | undefined {
  if (only && cells[only[0]] !== only[1]) return `${name}: ${only[0]} is "${cells[only[0]] ?? ''}", not "${only[1]}"`
  const type = columns.type === undefined ? undefined : (cells[columns.type] ?? '')
  return type !== undefined && eventTypeOf(type, types) === undefined
    ? `${name}: event "${type}" is not about one item`
    : undefined
}

/** Rows of further pictures have no id; rows of variants repeat the id of their product, or have one of their own. */
function repeatedProduct(
  { product }: KnownCatalog,
  columns: ItemColumns,
): ((cells: Cells) => string | undefined) | undefined {
  if (!product || columns.id === undefined) return undefined
  const { id } = columns
  let last: string | undefined
  return (cells) => {
    const own = cells[id] ?? ''
    if (own !== '' && own !== last) {
      last = own
      return undefined
    }
    return 'a further row of the same product'
  }
}

/** A column `published` with values such as 1, 0, -1 or true is the availability, not the time of publication. */
function withPublishedFlag(columns: ItemColumns, sample: readonly Cells[]): ItemColumns {
  const { publishedAt, ...others } = columns
  if (publishedAt === undefined || !/published/i.test(publishedAt)) return columns
  const values = sample.map((cells) => cells[publishedAt] ?? '').filter((value) => value !== '')
  if (values.length === 0 || !values.every((value) => /^(-1|0|1|true|false|yes|no)$/i.test(value))) return columns
  return { ...others, available: [...columns.available, publishedAt] }
}

/** The formats of known shops have no date of publication, whatever their columns are called. */
function withoutPublishedAt({ publishedAt, ...others }: ItemColumns, given: boolean): ItemColumns {
  return given && publishedAt !== undefined ? { ...others, publishedAt } : others
}

const flat = ({ attributes = [], ...columns }: ItemColumns): Record<string, string> =>
  Object.fromEntries([
    ...Object.entries(columns).flatMap(([field, column]) =>
      column.length === 0 ? [] : [[field, typeof column === 'string' ? column : column.join('+')]],
    ),
    ...attributes.map(({ name, type, column }) => [`attribute ${name} (${type})`, column]),
  ])
