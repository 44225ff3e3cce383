import { idBytesMax } from '../../schema/records/interaction.ts'
import { OptionNeededError } from './file-error.ts'

export const spreadsheetIdRules = ['clean', 'keep'] as const

export interface IdOptions {
  /** How to read ids that a spreadsheet changed (17850.0, '0012345). clean: as 17850 and 0012345; keep: unchanged. */
  readonly spreadsheetIds?: (typeof spreadsheetIdRules)[number]
}

/** Texts that mean "no value" in exports of pandas, R, SQL, MySQL, spreadsheets and JavaScript. */
const nothing = new Set([
  '',
  'nan',
  'null',
  'none',
  'nil',
  'undefined',
  '\\n',
  '#n/a',
  'n/a',
  'na',
  '<na>',
  '(null)',
  '#null!',
])

/** Whether the text of a cell means "no value". */
export const isNothing = (text: string): boolean => nothing.has(text.toLowerCase())

/**
 * Validates an id; it is not changed, except by `spreadsheetIds`.
 * @param exact whether it was a JSON string, which is accepted whatever it looks like
 * @throws Error naming the rule and the value received; OptionNeededError for ids that a spreadsheet may have changed
 */
export function parseId(text: string, exact: boolean, { spreadsheetIds }: IdOptions = {}): string {
  if (text === '' || (!exact && isNothing(text))) {
    throw new Error(`expected an id, got ${text === '' ? 'nothing' : `"${text}", which means no value`}`)
  }
  const lines = text.split('\n').length
  if (lines > 1) throw new Error(`expected an id, got ${lines} lines: is a quotation mark missing?`)
  const id = exact ? text : undamaged(text, spreadsheetIds)
  if (Buffer.byteLength(id) > idBytesMax) {
    throw new Error(`expected at most ${idBytesMax} bytes, got "${id.slice(0, 40)}…" (${Buffer.byteLength(id)} bytes)`)
  }
  if (!id.isWellFormed()) throw new Error(`expected well-formed Unicode, got ${JSON.stringify(id)}`)
  return id
}

function undamaged(text: string, rule: IdOptions['spreadsheetIds']): string {
  if (/^[+-]?(\d\.\d+e[+-]?\d+|\d+(\.\d+)?e\+\d+)$/i.test(text)) {
    throw new Error(`expected an id, got "${text}": a spreadsheet rounded it; export the column as text`)
  }
  const changed = /^(\d+)\.0$/.exec(text) ?? /^'(\d+)$/.exec(text)
  if (!changed || rule === 'keep') return text
  if (rule === 'clean') return changed[1]!
  throw new OptionNeededError(
    `"${text}" looks like an id that a spreadsheet changed: set --spreadsheet-ids clean (${changed[1]}) or --spreadsheet-ids keep (${text})`,
  )
}
