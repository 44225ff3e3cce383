import { amount, count } from '../format.ts'
import { ExperimentsDocument, type ExperimentsQuery, type VariantMetricsFragment } from '../generated/graphql.ts'
import { Empty, Panel, Pending } from '../ui/panel.tsx'
import { Table } from '../ui/table.tsx'
import { useFreshQuery } from '../use-fresh-query.ts'
import { shareColumn } from './interval.tsx'
import { liftText, metricText } from './lift-text.ts'
import css from './rules.module.css'

type Experiment = ExperimentsQuery['experiments'][number]

/** Figures of users per variant, and the variant's lift over the baseline. */
export function ExperimentsPanel() {
  const asked = useFreshQuery({ query: ExperimentsDocument }, 5_000)
  const { data } = asked
  return (
    <Panel
      title="Experiments"
      note="Metrics with 95 % intervals over users. A lift is shown once the variant and the baseline each have 7 days, 100 users and 30 clicks or purchases."
    >
      <Pending of={asked} />
      {data?.experiments.length === 0 && (
        <Empty>
          No impressions of an experiment's lists yet. Name an experiment in the rules; pages send the recommendationId
          with impressions, clicks and purchases.
        </Empty>
      )}
      {data?.experiments.map((experiment) => (
        <Results key={experiment.name} experiment={experiment} />
      ))}
    </Panel>
  )
}

function Results({ experiment: { name, baseline, variants, placements } }: { experiment: Experiment }) {
  const isInOne = placements.length === 1
  return (
    <section aria-label={`Experiment ${name}`} className={css.experiment}>
      <h3>{name}</h3>
      <Variants label={`Experiment ${name}`} variants={variants} />
      <Lifts baseline={baseline} variants={variants} />
      {!isInOne &&
        placements.map(({ placement, variants: there }) => (
          <section key={placement} aria-label={`${name} in ${placement ?? 'no placement'}`} className={css.experiment}>
            <h4>{placement ?? 'No placement'}</h4>
            <Variants label={`Experiment ${name} in ${placement ?? 'no placement'}`} variants={there} />
            <Lifts baseline={baseline} variants={there} />
          </section>
        ))}
    </section>
  )
}

function Variants({ label, variants }: { label: string; variants: readonly VariantMetricsFragment[] }) {
  return (
    <Table
      label={label}
      rows={variants}
      keyOf={({ name }) => name}
      columns={[
        { title: 'Variant', kind: 'name', cell: ({ name }) => name },
        { title: 'Users', kind: 'number', cell: ({ users }) => count(users) },
        { title: 'Impressions', kind: 'number', cell: ({ impressions }) => count(impressions) },
        shareColumn('Clicks by impressions', variants, ({ clickThrough }) => clickThrough),
        shareColumn('Corrected for position', variants, ({ correctedClickThrough }) => correctedClickThrough),
        shareColumn('Purchases by impressions', variants, ({ conversion }) => conversion),
        { title: 'Revenue', kind: 'number', cell: ({ revenue }) => amount(revenue) },
        { title: 'Revenue per user', cell: ({ revenuePerUser }) => amountText(revenuePerUser) },
        { title: 'Last touch', kind: 'number', cell: ({ lastTouch }) => amount(lastTouch.revenue) },
      ]}
    />
  )
}

function amountText({ value, low, high }: VariantMetricsFragment['revenuePerUser']): string {
  return low === null || high === null ? amount(value) : `${amount(value)} (${amount(low)} to ${amount(high)})`
}

function Lifts({ baseline, variants }: { baseline: string; variants: readonly VariantMetricsFragment[] }) {
  return variants
    .filter(({ lifts }) => lifts.length > 0)
    .map(({ name, lifts }) => (
      <dl key={name} className={css.lifts}>
        {lifts.map((lift) => (
          <div key={lift.metric}>
            <dt>
              {metricText(lift)}: {name} over {baseline}
            </dt>
            <dd>{liftText(lift)}</dd>
          </div>
        ))}
      </dl>
    ))
}
