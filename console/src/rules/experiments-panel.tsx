import { amount, count } from '../format.ts'
import { ExperimentsDocument, type ExperimentsQuery, type FiguresFragment } from '../generated/graphql.ts'
import { Empty, Panel, Problem, Scroller, Waiting } from '../ui/panel.tsx'
import { useFreshQuery } from '../use-fresh-query.ts'
import { Interval, mostOf } from './interval.tsx'
import { liftText, metricText } from './lift-text.ts'
import css from './rules.module.css'

type Experiment = ExperimentsQuery['experiments'][number]

/** What users did about the lists of each variant, and its lift over the baseline. */
export function ExperimentsPanel() {
  const { data, error, askAgain } = useFreshQuery({ query: ExperimentsDocument }, 5_000)
  return (
    <Panel
      title="Experiments"
      note="Figures with 95 % intervals over users. A lift is shown once the variant and the baseline each have 7 days, 100 users and 30 clicks or orders."
    >
      {error && <Problem error={error} again={askAgain} />}
      {!data && !error && <Waiting />}
      {data?.experiments.length === 0 && (
        <Empty>
          No impressions of an experiment's lists yet. Name an experiment in the rules; pages tell with the
          recommendationId what became of a list.
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

function Variants({ label, variants }: { label: string; variants: readonly FiguresFragment[] }) {
  const most = mostOf(variants.map(({ clickThrough }) => clickThrough))
  const mostCorrected = mostOf(variants.map(({ correctedClickThrough }) => correctedClickThrough))
  const mostConversion = mostOf(variants.map(({ conversion }) => conversion))
  return (
    <Scroller label={label}>
      <table>
        <thead>
          <tr>
            <th scope="col">Variant</th>
            <th scope="col" className="number">
              Users
            </th>
            <th scope="col" className="number">
              Impressions
            </th>
            <th scope="col">Clicks by impressions</th>
            <th scope="col">Corrected for position</th>
            <th scope="col">Purchases by impressions</th>
            <th scope="col" className="number">
              Revenue
            </th>
            <th scope="col">Revenue per user</th>
            <th scope="col" className="number">
              Last touch
            </th>
          </tr>
        </thead>
        <tbody>
          {variants.map((variant) => (
            <tr key={variant.name}>
              <th scope="row">{variant.name}</th>
              <td className="number">{count(variant.users)}</td>
              <td className="number">{count(variant.impressions)}</td>
              <td>
                <Interval share={variant.clickThrough} most={most} />
              </td>
              <td>
                <Interval share={variant.correctedClickThrough} most={mostCorrected} />
              </td>
              <td>
                <Interval share={variant.conversion} most={mostConversion} />
              </td>
              <td className="number">{amount(variant.revenue)}</td>
              <td>{amountText(variant.revenuePerUser)}</td>
              <td className="number">{amount(variant.lastTouch.revenue)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroller>
  )
}

function amountText({ value, low, high }: FiguresFragment['revenuePerUser']): string {
  return low === null || high === null ? amount(value) : `${amount(value)} (${amount(low)} to ${amount(high)})`
}

function Lifts({ baseline, variants }: { baseline: string; variants: readonly FiguresFragment[] }) {
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
