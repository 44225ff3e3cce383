import type { ProtocolRow } from './protocols/run-protocol.ts'
import type { Report } from './report.ts'
import type { MethodResult } from './walk.ts'

/** Result of one row of docs/quality.md. */
export interface Measured {
  readonly n: number
  readonly figures: Readonly<Record<string, number>>
  /** Standard error of each figure. */
  readonly errors: Readonly<Record<string, number>>
  /** Other methods in the same run, by name. */
  readonly beside: Readonly<Record<string, Readonly<Record<string, number>>>>
  /** Users with fewer than five events so far, and the others. */
  readonly cold?: Part
  readonly warm?: Part
}

interface Part {
  readonly hr: number
  readonly hrError: number
  readonly n: number
}

export interface QualityRow {
  readonly name: string
  /** Folder of the log. */
  readonly log: string
  readonly args: readonly string[]
  /** Further arguments of a sample. */
  readonly sampled?: readonly string[]
  /**
   * Target of each figure. A text: the figure of the row of that name; `beside`: the best of the methods in the same
   * run.
   */
  readonly must: Readonly<Record<string, number | string>>
  /** Reads what the program prints with --json. */
  readonly read: (output: never) => Measured
}

const asked = ['--methods', 'popular,pickstream']

function onLog(name: string, log: string, must: readonly [hr: number, mrr: number], args: string[] = []): QualityRow {
  const read = ({ methods }: Report): Measured => {
    const { n, errors, cold, warm, ...rest } = methods.pickstream!.live!
    const figuresOf = ({ hr, mrr, ndcg }: Pick<MethodResult, 'hr' | 'mrr' | 'ndcg'>) => {
      return { 'HR@20': hr, 'MRR@20': mrr, 'NDCG@20': ndcg }
    }
    const beside = { 'most popular': figuresOf(methods.popular!.live!) }
    return { n, figures: figuresOf(rest), errors: figuresOf(errors), beside, cold, warm }
  }
  return { name, log, args: [...args, ...asked], must: { 'HR@20': must[0], 'MRR@20': must[1] }, read }
}

function stream(name: string, itemSide: 'frozen' | 'live', must: QualityRow['must']): QualityRow {
  const read = ({ rows }: { rows: ProtocolRow[] }): Measured => ({ ...rows.at(-1)!, beside: {} })
  const args = ['--protocol', 'stream', '--item-side', itemSide]
  return { name, log: 'diginetica-stream', args, sampled: ['--periods', '4,8,12,16'], must, read }
}

/** The rows of the table in docs/quality.md, with their targets. */
export const qualityRows: readonly QualityRow[] = [
  onLog('movies', 'movies', [0.2312, 0.0756]),
  onLog('online-retail-events', 'online-retail', [0.3684, 0.1932]),
  onLog('online-retail-baskets', 'online-retail', [0.0756, 0.0175], ['--mode', 'baskets']),
  onLog('grocery', 'grocery', [0.065, 0.0197]),
  onLog('clicks', 'clicks', [0.49, 0.214]),
  onLog('grocery-full', 'grocery-full', [0.028, 0.0055], ['--mode', 'baskets']),
  stream('stream-frozen', 'frozen', { 'Recall@20': 0.49, 'MRR@20': 0.175 }),
  stream('stream-live', 'live', { 'Recall@20': 'stream-frozen', 'MRR@20': 'stream-frozen' }),
  {
    name: 'beauty',
    log: 'beauty',
    args: ['--protocol', 'leave-one-out'],
    must: { 'HR@10': 0.08, 'NDCG@10': 0.048 },
    read: ({ rows }: { rows: ProtocolRow[] }) => ({ ...rows[0]!, beside: {} }),
  },
  {
    name: 'next-basket',
    log: 'grocery-full',
    args: ['--protocol', 'next-basket'],
    must: { 'Recall@10': 'beside', 'NDCG@10': 'beside' },
    read: ({ rows }: { rows: ProtocolRow[] }) => {
      const own = rows.find(({ name }) => name === 'pickstream')!
      const others = rows.filter((row) => row !== own).map(({ name, figures }) => [name, figures] as const)
      return { ...own, beside: Object.fromEntries(others) }
    },
  },
]

export interface Judged {
  readonly name: string
  /** null: there is no target, or the row that it refers to was not measured. */
  readonly must: number | null
  readonly value: number
  readonly error: number
  /** `yes`, or by how much not; empty without a must. */
  readonly holds: string
}

/** Compares every figure of a row with its target. A figure that is short by less than its standard error says so. */
export function judge(row: QualityRow, result: Measured, measured: ReadonlyMap<string, Measured>): Judged[] {
  return Object.entries(result.figures).map(([name, value]) => {
    const must = mustOf(row.must[name], name, result, measured)
    const error = result.errors[name]!
    if (must === null) return { name, must, value, error, holds: '' }
    const short = must - value
    // Figures are stated with four digits: what rounds to the must has reached it.
    const holds = Number(value.toFixed(4)) >= Number(must.toFixed(4))
    const by = `no, by ${short.toFixed(4)}${short < error ? ', within the standard error' : ''}`
    return { name, must, value, error, holds: holds ? 'yes' : by }
  })
}

function mustOf(
  must: number | string | undefined,
  figure: string,
  { beside }: Measured,
  measured: ReadonlyMap<string, Measured>,
): number | null {
  if (must === undefined) return null
  if (typeof must === 'number') return must
  if (must === 'beside') return Math.max(...Object.values(beside).map((figures) => figures[figure]!))
  return measured.get(must)?.figures[figure] ?? null
}
