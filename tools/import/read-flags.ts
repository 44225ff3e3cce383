import { type Command, Option } from 'commander'
import { spreadsheetIdRules } from './parse-id.ts'
import { type DecimalMark, decimalMarks } from './parse-number.ts'
import { type DateOrder, dateOrders } from './parse-time.ts'
import type { ReadOptions } from './reader.ts'
import { parseTypes, toType } from './words.ts'
import { checkZone } from './zones.ts'

/** What a command line says of how files are read. */
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
}

/** The options of every command that reads a log or a catalog. */
export const withReadFlags = (command: Command): Command =>
  command
    .option(
      '--map <field=column,...>',
      'columns of the events; field= for none, a/b the first with a value, a+b joined',
    )
    .option('--items-map <field=column,...>', 'the same for the items; categories=a+b takes two columns')
    .option(
      '--attribute <column[=name][:type]>',
      'a column of the items that becomes an attribute; type text, number or flag; may be given several times',
      (text: string, before: readonly string[] = []) => [...before, text],
    )
    .option('--header <name,...>', 'names of the columns of an events file that has no line of names')
    .option('--items-header <name,...>', 'the same for the items')
    .option('--type <type>', 'the type of every event, whatever a column says')
    .option('--types <word=type,...>', 'what words of the column type mean: angesehen=VIEW,gekauft=PURCHASE')
    .addOption(new Option('--dates <order>', 'order of day and month in dates such as 01/02/2026').choices(dateOrders))
    .option('--zone <zone>', 'zone of times that say none: UTC, +02:00, Europe/Berlin')
    .option('--encoding <label>', 'encoding of files that are not UTF-8: windows-1252, utf-16le, ...')
    .addOption(new Option('--decimal <mark>', 'decimal mark of amounts and ratings').choices(decimalMarks))
    .addOption(
      new Option(
        '--spreadsheet-ids <rule>',
        "ids such as 17850.0 and '0012: as 17850 and 0012, or as they are",
      ).choices(spreadsheetIdRules),
    )
    .option('--stars-max <stars>', 'the best rating of the file, where it is not 5; ratings are scaled', positive)
    .option('--returns', 'a quantity below 0 is a REFUND')
    .option('--now', 'events without a time happen as they are imported')
    .option('--anonymous <ids>', 'user ids that stand for nobody, for example 0,-1,guest')

/** @throws Error naming the flag, the rule and the value received */
export function eventOptions(flags: ReadFlags): ReadOptions {
  const { map, header, type, types, anonymous } = flags
  return {
    ...valueOptions(flags),
    map,
    header,
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
