import { useAutoAnimate } from '@formkit/auto-animate/react'
import { useState } from 'react'
import { useSubscription } from 'urql'
import { TrendsDocument, type TrendWindow } from '../generated/graphql.ts'
import { Empty, Panel, Pending } from '../ui/panel.tsx'
import css from './trends.module.css'

const windows: readonly TrendWindow[] = ['HOUR', 'DAY', 'WEEK']

/** Trending items, updated live. */
export function TrendsPanel() {
  const [window, setWindow] = useState<TrendWindow>('HOUR')
  const [{ data, error }] = useSubscription({ query: TrendsDocument, variables: { window } })
  const [list] = useAutoAnimate<HTMLOListElement>({ duration: 250 })
  const trends = data?.trendingUpdated
  const most = Math.max(...(trends?.map(({ score }) => score) ?? []), 1e-9)
  return (
    <Panel
      title="Trends"
      tools={
        <select
          aria-label="Time window"
          value={window}
          onChange={({ target }) => setWindow(target.value as TrendWindow)}
        >
          {windows.map((one) => (
            <option key={one} value={one}>
              last {one.toLowerCase()}
            </option>
          ))}
        </select>
      }
    >
      <Pending of={{ data, error }} />
      {trends?.length === 0 && <Empty>Nothing trends: no events in the last {window.toLowerCase()}.</Empty>}
      <ol ref={list} className={css.trends}>
        {trends?.map(({ rank, score, item }) => (
          <li key={item.id}>
            <span className="number soft">{rank}</span>
            <span className={css.title}>
              {item.title}
              <small>{item.categories.join(', ')}</small>
            </span>
            <meter min={0} max={most} value={Math.max(score, 0)} aria-label={`Score of ${item.title}`} />
          </li>
        ))}
      </ol>
    </Panel>
  )
}
