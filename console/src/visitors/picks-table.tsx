import type { RowFragment } from '../generated/graphql.ts'
import { Scroller } from '../ui/panel.tsx'
import css from './visitors.module.css'

/** A list with the reason of every pick. Hovering or focusing a reason marks the events it comes from. */
export function PicksTable({
  picks,
  onReason,
}: {
  picks: readonly RowFragment[]
  onReason?: (itemId?: string) => void
}) {
  const reasonItem = ({ reason }: RowFragment) => (reason.__typename === 'BecauseOfItem' ? reason.item.id : undefined)
  return (
    <Scroller label="Picks">
      <table className={css.picks}>
        <thead>
          <tr>
            <th scope="col" className="number">
              #
            </th>
            <th scope="col">Item</th>
            <th scope="col">Why</th>
            <th scope="col" className={`number ${css.score}`}>
              Score
            </th>
          </tr>
        </thead>
        <tbody>
          {picks.map((pick) => (
            <tr
              key={pick.item.id}
              onPointerEnter={() => onReason?.(reasonItem(pick))}
              onPointerLeave={() => onReason?.(undefined)}
            >
              <td className="number soft">{pick.rank}</td>
              <td>
                {pick.item.title} <small className="soft">{pick.item.categories.join(', ')}</small>
              </td>
              <td>{sayReason(pick.reason)}</td>
              <td className={`number mono ${css.score}`}>{pick.score.toFixed(3)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroller>
  )
}

const did: Readonly<Record<string, string>> = {
  VIEW: 'looked at',
  CLICK: 'clicked',
  CART: 'put into the basket',
  PURCHASE: 'bought',
  LIKE: 'liked',
  RATING: 'rated',
}

export function sayReason(reason: RowFragment['reason']): string {
  switch (reason.__typename) {
    case 'BecauseOfItem':
      return `${did[reason.eventType] ?? reason.eventType.toLowerCase()} ${reason.item.title}`
    case 'MatchesTaste':
      return reason.categories.length > 0 ? `taste: ${reason.categories.join(', ')}` : 'taste'
    case 'PopularNow':
      return `popular in the last ${reason.window.toLowerCase()}`
    case 'NewArrival':
      return 'new in the catalog'
    case 'ChosenByShop':
      return `chosen by the shop: ${reason.rule}`
  }
}
