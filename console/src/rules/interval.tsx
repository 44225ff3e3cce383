import { percent } from '../format.ts'
import css from './rules.module.css'

export interface Share {
  readonly share: number
  readonly low: number
  readonly high: number
}

/** A share with its 95 % interval, drawn on a scale that ends at `most`. */
export function Interval({ share: { share, low, high }, most }: { share: Share; most: number }) {
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

export const mostOf = (shares: readonly Share[]): number => Math.max(...shares.map(({ high }) => high), 1e-9) * 1.05
