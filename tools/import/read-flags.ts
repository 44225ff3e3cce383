import { type Command, Option } from 'commander'
import { spreadsheetIdRules } from './parse-id.ts'
import { type DecimalMark, decimalMarks } from './parse-number.ts'
import { type DateOrder, dateOrders } from './parse-time.ts'
import type { ReadOptions } from './reader.ts'
import { parseTypes, toType } from './words.ts'
import { checkZone } from './zones.ts'

/** The options that decide how files are read. */
export interface ReadFlags {
  readonly map?: string
  readonly itemsMap?: string
  readonly attribute?: readonly string[]
  readonly header?: string
  readonly itemsHeader?: string
  readonly type?: string
  readonly types?: string
  readonly dates?: DateOrder
  readonly zone?: string
  readonly encoding?: string
  readonly decimal?: DecimalMark
  readonly spreadsheetIds?: 'clean' | 'keep'
  readonly starsMax?: number
  readonly returns?: boolean
  readonly now?: boolean
  readonly anonymous?: string
  /** Of the import alone. */
  readonly idSuffix?: string
}

/** Adds the options of every command that reads an events file or a catalog. */
export const withReadFlags = (command: Command): Command =>
  command
    .option(
      '--map <field=column,...>',
      'columns of the events file; field= for none, a/b for the first with a value, a+b to join them',
    )
    .option('--items-map <field=column,...>', 'columns of the items file; categories=a+b uses two columns')
    .option(
      '--attribute <column[=name][:type]>',
      'import a column of the items file as an attribute; type text, number or flag; may be repeated',
      (text: string, before: readonly string[] = []) => [...before, text],
    )
    .option('--header <name,...>', 'column names of an events file without a header line')
    .option('--items-header <name,...>', 'column names of an items file without a header line')
    .option('--type <type>', 'type of all events; the type column is ignored')
    .option('--types <word=type,...>', 'event types of words in the type column: angesehen=VIEW,gekauft=PURCHASE')
    .addOption(new Option('--dates <order>', 'order of day and month in dates such as 01/02/2026').choices(dateOrders))
    .option('--zone <zone>', 'zone of times without one: UTC, +02:00, Europe/Berlin')
    .option('--encoding <label>', 'encoding of files that are not UTF-8: windows-1252, utf-16le, ...')
    .addOption(new Option('--decimal <mark>', 'decimal mark of amounts and ratings').choices(decimalMarks))
    .addOption(
      new Option(
        '--spreadsheet-ids <rule>',
        "ids such as 17850.0 and '0012: clean reads 17850 and 0012, keep leaves them unchanged",
      ).choices(spreadsheetIdRules),
    )
    .option('--stars-max <stars>', 'best rating of the scale, if not 5; ratings are rescaled to 0..5', positive)
    .option('--returns', 'import events with a negative quantity as REFUND')
    .option('--now', 'give events without a time the time of the import')
    .option('--anonymous <ids>', 'user ids that mean "no user", for example 0,-1,guest; their events are refused')

/** @throws Error naming the flag, the rule and the value received */
export function eventOptions(flags: ReadFlags): ReadOptions {
  const { map, header, type, types, anonymous, idSuffix } = flags
  return {
    ...valueOptions(flags),
    map,
    header,
    ...(idSuffix !== undefined && { idSuffix }),
    ...(type !== undefined && { type: toType(type) }),
    ...(types !== undefined && { types: parseTypes(types) }),
    ...(anonymous !== undefined && { anonymous: new Set(anonymous.split(',')) }),
  }
}

/** @throws Error naming the flag, the rule and the value received */
export const itemOptions = (flags: ReadFlags): ReadOptions => ({
  ...valueOptions(flags),
  map: flags.itemsMap,
  header: flags.itemsHeader,
  attributes: flags.attribute,
})

function valueOptions({
  dates,
  zone,
  encoding,
  decimal,
  spreadsheetIds,
  starsMax,
  returns,
  now,
}: ReadFlags): ReadOptions {
  if (zone !== undefined) checkZone(zone)
  return { dates, zone, encoding, decimal, spreadsheetIds, starsMax, returns, now }
}

function positive(text: string): number {
  const number = Number(text)
  if (!(number > 0 && number <= 1000)) throw new Error(`expected a number above 0 and at most 1000, got "${text}"`)
  return number
}
