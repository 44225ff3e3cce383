import { amount, count, percent } from '../format.ts'
import { PlacementsDocument, type PlacementsQuery } from '../generated/graphql.ts'
import { Empty, Panel, Pending } from '../ui/panel.tsx'
import { type Column, Table } from '../ui/table.tsx'
import { useFreshQuery } from '../use-fresh-query.ts'
import { shareColumn } from './interval.tsx'
import css from './rules.module.css'

type Placement = PlacementsQuery['placements'][number]

/** Figures of users per placement, and its position bias. */
export function PlacementsPanel() {
  const asked = useFreshQuery({ query: PlacementsDocument }, 5_000)
  const { data } = asked
  const placements = data?.placements ?? []
  return (
    <Panel
      title="Placements"
      note="Shares with 95 % intervals over users. Hit rate: lists with a click, by lists that came into view. Click position: mean of 1 / position over the clicks, 1 where only the first item is clicked."
    >
      <Pending of={asked} />
      {data && placements.length === 0 && <Empty>No events that name a list yet.</Empty>}
      {placements.length > 0 && (
        <Table
          label="Placements"
          rows={placements}
          keyOf={({ placement }) => placement}
          columns={[
            { title: 'Placement', kind: 'name', cell: nameOf },
            { title: 'Users', kind: 'number', cell: ({ users }) => count(users) },
            { title: 'Impressions', kind: 'number', cell: ({ impressions }) => count(impressions) },
            shareColumn('Hit rate', placements, ({ hitRate }) => hitRate),
            shareColumn('Clicks by impressions', placements, ({ clickThrough }) => clickThrough),
            shareColumn('Purchases by impressions', placements, ({ conversion }) => conversion),
            { title: 'Revenue', kind: 'number', cell: ({ revenue }) => amount(revenue) },
            { title: 'Per user', kind: 'number', cell: ({ revenuePerUser }) => amount(revenuePerUser.value) },
            {
              title: 'Click position',
              kind: 'number',
              cell: ({ meanReciprocalPosition }) => meanReciprocalPosition?.toFixed(2) ?? '–',
            },
          ]}
        />
      )}
      {placements
        .filter(({ positions }) => positions.length > 0)
        .map((one) => (
          <Positions key={one.placement} placement={one} />
        ))}
    </Panel>
  )
}

const positionColumns: readonly Column<Placement['positions'][number]>[] = [
  { title: 'Position', kind: 'name', cell: ({ position }) => position },
  { title: 'Impressions', kind: 'number', cell: ({ impressions }) => count(impressions) },
  { title: 'Clicks', kind: 'number', cell: ({ clicks }) => count(clicks) },
  {
    title: 'Clicks by impressions',
    kind: 'number',
    cell: ({ clickThrough }) => (clickThrough === null ? '–' : percent(clickThrough, 1)),
  },
  {
    title: 'Looked at, compared with the first',
    kind: 'number',
    cell: ({ examination }) => percent(examination, 0),
  },
]

function Positions({ placement }: { placement: Placement }) {
  return (
    <section aria-label={`Positions of ${nameOf(placement)}`} className={css.experiment}>
      <h3>{nameOf(placement)}: by position</h3>
      <Table
        label={`Positions of ${nameOf(placement)}`}
        rows={placement.positions}
        keyOf={({ position }) => position}
        columns={positionColumns}
      />
    </section>
  )
}

const nameOf = ({ placement }: Pick<Placement, 'placement'>): string => placement ?? 'No placement'
