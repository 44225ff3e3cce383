import { amount, count, percent } from '../format.ts'
import { PlacementsDocument, type PlacementsQuery } from '../generated/graphql.ts'
import { Empty, Panel, Problem, Scroller, Waiting } from '../ui/panel.tsx'
import { useFreshQuery } from '../use-fresh-query.ts'
import { Interval, mostOf } from './interval.tsx'
import css from './rules.module.css'

type Placement = PlacementsQuery['placements'][number]

/** What users did about the lists of each placement, and how they look at them. */
export function PlacementsPanel() {
  const { data, error, askAgain } = useFreshQuery({ query: PlacementsDocument }, 5_000)
  const placements = data?.placements ?? []
  const most = mostOf(placements.map(({ clickThrough }) => clickThrough))
  const mostHits = mostOf(placements.map(({ hitRate }) => hitRate))
  const mostConversion = mostOf(placements.map(({ conversion }) => conversion))
  return (
    <Panel
      title="Placements"
      note="Shares with 95 % intervals over users. Hit rate: lists with a click, by lists that came into view. Click position: mean of 1 / position over the clicks, 1 where only the first item is clicked."
    >
      {error && <Problem error={error} again={askAgain} />}
      {!data && !error && <Waiting />}
      {data && placements.length === 0 && <Empty>No events that name a list yet.</Empty>}
      {placements.length > 0 && (
        <Scroller label="Placements">
          <table>
            <thead>
              <tr>
                <th scope="col">Placement</th>
                <th scope="col" className="number">
                  Users
                </th>
                <th scope="col" className="number">
                  Impressions
                </th>
                <th scope="col">Hit rate</th>
                <th scope="col">Clicks by impressions</th>
                <th scope="col">Purchases by impressions</th>
                <th scope="col" className="number">
                  Revenue
                </th>
                <th scope="col" className="number">
                  Per user
                </th>
                <th scope="col" className="number">
                  Click position
                </th>
              </tr>
            </thead>
            <tbody>
              {placements.map((one) => (
                <tr key={one.placement}>
                  <th scope="row">{nameOf(one)}</th>
                  <td className="number">{count(one.users)}</td>
                  <td className="number">{count(one.impressions)}</td>
                  <td>
                    <Interval share={one.hitRate} most={mostHits} />
                  </td>
                  <td>
                    <Interval share={one.clickThrough} most={most} />
                  </td>
                  <td>
                    <Interval share={one.conversion} most={mostConversion} />
                  </td>
                  <td className="number">{amount(one.revenue)}</td>
                  <td className="number">{amount(one.revenuePerUser.value)}</td>
                  <td className="number">{one.meanReciprocalPosition?.toFixed(2) ?? '–'}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </Scroller>
      )}
      {placements
        .filter(({ positions }) => positions.length > 0)
        .map((one) => (
          <Positions key={one.placement} placement={one} />
        ))}
    </Panel>
  )
}

function Positions({ placement }: { placement: Placement }) {
  return (
    <section aria-label={`Positions of ${nameOf(placement)}`} className={css.experiment}>
      <h3>{nameOf(placement)}: by position</h3>
      <Scroller label={`Positions of ${nameOf(placement)}`}>
        <table>
          <thead>
            <tr>
              <th scope="col" className="number">
                Position
              </th>
              <th scope="col" className="number">
                Impressions
              </th>
              <th scope="col" className="number">
                Clicks
              </th>
              <th scope="col" className="number">
                Clicks by impressions
              </th>
              <th scope="col" className="number">
                Looked at, compared with the first
              </th>
            </tr>
          </thead>
          <tbody>
            {placement.positions.map(({ position, impressions, clicks, clickThrough, examination }) => (
              <tr key={position}>
                <th scope="row" className="number">
                  {position}
                </th>
                <td className="number">{count(impressions)}</td>
                <td className="number">{count(clicks)}</td>
                <td className="number">{clickThrough === null ? '–' : percent(clickThrough, 1)}</td>
                <td className="number">{percent(examination, 0)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </Scroller>
    </section>
  )
}

const nameOf = ({ placement }: Pick<Placement, 'placement'>): string => placement ?? 'No placement'
