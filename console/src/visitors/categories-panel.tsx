import { percent } from '../format.ts'
import type { RowFragment } from '../generated/graphql.ts'
import { Empty, Panel } from '../ui/panel.tsx'
import { categoryShares, type HistoryEvent } from './categories.ts'
import css from './visitors.module.css'

/** Compares the categories of the history with those of the list. */
export function CategoriesPanel({ events, picks }: { events: readonly HistoryEvent[]; picks: readonly RowFragment[] }) {
  const shares = categoryShares(events, picks, 8)
  const most = Math.max(...shares.flatMap(({ done, shown }) => [done, shown]), 0.01)
  return (
    <Panel
      title="Strongest categories"
      note={
        <span className={css.legend}>
          <span data-kind="done">share of their events, a purchase counting as five views</span>
          <span data-kind="shown">share of their list</span>
        </span>
      }
    >
      {shares.length === 0 && <Empty>No categories yet.</Empty>}
      <dl className={css.shares}>
        {shares.map(({ name, done, shown }) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>
              <span className={css.share} data-kind="done" style={{ width: `${(done / most) * 100}%` }} />
              <span className={css.share} data-kind="shown" style={{ width: `${(shown / most) * 100}%` }} />
            </dd>
            <dd className="number">
              {percent(done, 0)} <span className="soft">· {percent(shown, 0)}</span>
            </dd>
          </div>
        ))}
      </dl>
    </Panel>
  )
}
