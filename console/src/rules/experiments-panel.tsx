import { count, percent } from '../format.ts'
import { ExperimentsDocument, type ExperimentsQuery } from '../generated/graphql.ts'
import { Empty, Panel, Problem, Scroller, Waiting } from '../ui/panel.tsx'
import { useFreshQuery } from '../use-fresh-query.ts'
import css from './rules.module.css'

type Variant = ExperimentsQuery['experiments'][number]['variants'][number]
type Share = Variant['clickThrough']

/** Every variant's shares with their 95 % intervals on one scale: where two do not overlap, there is a difference. */
export function ExperimentsPanel() {
  const { data, error, askAgain } = useFreshQuery({ query: ExperimentsDocument }, 5_000)
  return (
    <Panel
      title="Experiments"
      note="Shares with their 95 % intervals (Wilson). Intervals that do not overlap tell a difference."
    >
      {error && <Problem error={error} again={askAgain} />}
      {!data && !error && <Waiting />}
      {data?.experiments.length === 0 && (
        <Empty>
          No impressions of an experiment's lists yet. Name an experiment in the rules; pages tell with the
          recommendationId what became of a list.
        </Empty>
      )}
      {data?.experiments.map(({ name, variants }) => (
        <section key={name} aria-label={`Experiment ${name}`} className={css.experiment}>
          <h3>{name}</h3>
          <Scroller label={`Experiment ${name}`}>
            <table>
              <thead>
                <tr>
                  <th scope="col">Variant</th>
                  <th scope="col" className="number">
                    Impressions
                  </th>
                  <th scope="col">Clicks by impressions</th>
                  <th scope="col">Purchases by impressions</th>
                </tr>
              </thead>
              <tbody>
                {variants.map((variant) => (
                  <tr key={variant.name}>
                    <th scope="row">{variant.name}</th>
                    <td className="number">{count(variant.impressions)}</td>
                    <td>
                      <Interval share={variant.clickThrough} most={mostOf(variants, 'clickThrough')} />
                    </td>
                    <td>
                      <Interval share={variant.conversion} most={mostOf(variants, 'conversion')} />
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </Scroller>
        </section>
      ))}
    </Panel>
  )
}

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

const mostOf = (variants: readonly Variant[], of: 'clickThrough' | 'conversion'): number =>
  Math.max(...variants.map((variant) => variant[of].high), 1e-9) * 1.05
