import { percent } from '../format.ts'
import type { Column } from '../ui/table.tsx'
import css from './rules.module.css'

export interface Share {
  readonly share: number
  readonly low: number
  readonly high: number
}

/** A column of shares with their 95 % intervals, all drawn on one scale. */
export function shareColumn<Row>(title: string, rows: readonly Row[], shareOf: (row: Row) => Share): Column<Row> {
  const most = Math.max(...rows.map((row) => shareOf(row).high), 1e-9) * 1.05
  return { title, cell: (row) => <Interval share={shareOf(row)} most={most} /> }
}

/** A share with its 95 % interval, drawn on a scale that ends at `most`. */
function Interval({ share: { share, low, high }, most }: { share: Share; most: number }) {
  return (
    <div className={css.interval}>
      <span className={css.scale} aria-hidden="true">
        <span
          className={css.range}
          style={{ left: `${(low / most) * 100}%`, width: `${((high - low) / most) * 100}%` }}
        />
        <span className={css.point} style={{ left: `${(share / most) * 100}%` }} />
      </span>
      <span>
        {percent(share)}{' '}
        <span className="soft">
          ({percent(low)} to {percent(high)})
        </span>
      </span>
    </div>
  )
}
