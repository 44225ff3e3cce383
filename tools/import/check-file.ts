import { basename } from 'node:path'
import type { Reading } from './reader.ts'

/** The result of a dry run. */
export interface CheckReport {
  readonly accepted: number
  readonly refused: number
  /** For the terminal. */
  readonly lines: readonly string[]
}

interface Reason {
  readonly example: string
  readonly line: number
  /** Rows by received value, of the first `valuesMax` values. */
  readonly received: Map<string, number>
  count: number
}

const shownRows = 5
const reasonsMax = 50
const valuesMax = 1_000
const valuesShown = 5
const idsMax = 200_000
const twinsShown = 3
const frequentShare = 0.1
const frequentMin = 100

/**
 * Reads a whole file and sends nothing. Reports the field of each column, the first rows as parsed, how many rows would
 * be rejected and why, and suspicious values that no rule rejects.
 * @throws FileError if the whole file cannot be read
 */
export async function checkFile(
  file: string,
  reading: Reading<object>,
  idOf: (input: object) => Readonly<Record<string, string>>,
): Promise<CheckReport> {
  const { format, header, fields } = await reading.understood()
  const [refused, ignored] = [new Reasons(), new Reasons()]
  const first: string[] = []
  const ids = new Map<string, IdCheck>()
  let accepted = 0
  for await (const outcome of reading.outcomes) {
    if ('problem' in outcome) refused.add(outcome.problem, outcome.line)
    else if ('ignored' in outcome) ignored.add(outcome.ignored, outcome.line)
    else {
      accepted++
      if (first.length < shownRows) first.push(`  line ${outcome.line}: ${JSON.stringify(outcome.input)}`)
      for (const [name, id] of Object.entries(idOf(outcome.input))) {
        if (!ids.has(name)) ids.set(name, new IdCheck())
        ids.get(name)!.add(id)
      }
    }
  }
  const remarks = [...reading.notes(), ...[...ids].flatMap(([name, check]) => check.remarks(name, accepted))]
  const lines = [
    `${basename(file)}${format === undefined ? '' : `: ${format}`}`,
    ...columnsOf(header, fields),
    'First rows as parsed:',
    ...first,
    `${accepted} rows would be accepted`,
    `${refused.count} rows would be refused${refused.count > 0 ? ':' : ''}`,
    ...refused.lines(),
    ...(ignored.count > 0 ? [`${ignored.count} rows would be ignored:`, ...ignored.lines()] : []),
    ...(remarks.length > 0 ? ['Please check:', ...remarks.map((remark) => `  ${remark}`)] : []),
  ]
  return { accepted, refused: refused.count, lines }
}

function columnsOf(header: readonly string[], fields: Readonly<Record<string, string>>): string[] {
  const used = new Set(Object.values(fields).flatMap((columns) => [columns, ...columns.split(/[+/]/)]))
  const unused = header.filter((column) => !used.has(column))
  return [
    ...Object.entries(fields).map(([field, columns]) => `  ${field.padEnd(16)} ${columns}`),
    ...(unused.length > 0 ? [`  ${'not used'.padEnd(16)} ${unused.slice(0, 30).join(', ')}`] : []),
  ]
}

/** Counts reasons; reasons that differ only in the value received are counted together. */
class Reasons {
  count = 0
  private readonly byRule = new Map<string, Reason>()

  add(text: string, line: number): void {
    this.count++
    const rule = text.replace(/"(?:[^"\\]|\\.)*"/g, '"…"').replace(/\d+/g, 'N')
    const known = this.byRule.get(rule)
    if (known === undefined && this.byRule.size >= reasonsMax) return
    const reason = known ?? { example: text, line, count: 0, received: new Map<string, number>() }
    this.byRule.set(rule, reason)
    reason.count++
    const value = /got ("(?:[^"\\]|\\.)*"|-?\d[\d.]*)/.exec(text)?.[1]
    if (value === undefined || (reason.received.size >= valuesMax && !reason.received.has(value))) return
    reason.received.set(value, (reason.received.get(value) ?? 0) + 1)
  }

  lines(): string[] {
    const sorted = [...this.byRule.values()].sort((a, b) => b.count - a.count)
    return sorted.flatMap(({ example, line, count, received }) => [
      `  ${count} × ${example} (first: line ${line})`,
      ...(received.size > 1 ? [`      received: ${mostFrequent(received)}`] : []),
    ])
  }
}

function mostFrequent(counts: ReadonlyMap<string, number>): string {
  const sorted = [...counts].sort((a, b) => b[1] - a[1])
  const shown = sorted.slice(0, valuesShown).map(([value, count]) => `${value} (${count})`)
  return [...shown, ...(sorted.length > valuesShown ? ['…'] : [])].join(', ')
}

/**
 * Finds ids that are probably variants of one id, and an id that probably means "no user". Beyond `idsMax` distinct
 * ids, new ones are not counted.
 */
class IdCheck {
  private readonly byForm = new Map<string, string>()
  private readonly counts = new Map<string, number>()
  private readonly twins: string[] = []
  private twinCount = 0

  add(id: string): void {
    const count = this.counts.get(id)
    if (count === undefined && this.counts.size >= idsMax) return
    this.counts.set(id, (count ?? 0) + 1)
    if (count !== undefined) return
    const form = id
      .normalize('NFKC')
      .toUpperCase()
      .toLowerCase()
      .normalize('NFKC')
      .replace(/[\s\p{Cf}\p{Mn}]/gu, '')
    const other = this.byForm.get(form)
    if (other === undefined) this.byForm.set(form, id)
    else if (++this.twinCount <= twinsShown) this.twins.push(`${JSON.stringify(other)} and ${JSON.stringify(id)}`)
  }

  remarks(name: string, rows: number): string[] {
    const remarks: string[] = []
    if (this.twinCount > 0) {
      const what = `${this.twinCount} ${name} ids differ from another in case, accents, spaces or invisible characters only`
      remarks.push(`${what}, and stay different: ${this.twins.join(', ')}`)
    }
    const [top] = [...this.counts].sort((a, b) => b[1] - a[1])
    if (name === 'user' && top && rows >= frequentMin && top[1] > rows * frequentShare) {
      const share = ((100 * top[1]) / rows).toFixed(0)
      remarks.push(
        `user ${JSON.stringify(top[0])} has ${share} % of the events; if it is not a user, leave it out with --anonymous`,
      )
    }
    if (name === 'catalog' && top && top[1] > 1) {
      const repeated = [...this.counts.values()].filter((count) => count > 1).length
      remarks.push(`${repeated} items occur more than once, for example ${JSON.stringify(top[0])}: the last row wins`)
    }
    return remarks
  }
}
