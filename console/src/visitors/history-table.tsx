import { lower, when } from '../format.ts'
import { Link, pathTo } from '../router.tsx'
import { Scroller, Tag } from '../ui/panel.tsx'
import type { HistoryEvent } from './categories.ts'
import css from './visitors.module.css'

interface HistoryProps {
  readonly events: readonly HistoryEvent[]
  /** The event that caused the list. */
  readonly causedBy: string | undefined
  /** Item whose events are the reason of a pick. */
  readonly marked: string | undefined
}

export function HistoryTable({ events, causedBy, marked }: HistoryProps) {
  return (
    <Scroller label="History" tall>
      <table>
        <thead>
          <tr>
            <th scope="col">When</th>
            <th scope="col">What</th>
            <th scope="col">Item</th>
          </tr>
        </thead>
        <tbody>
          {events.map(({ eventId, timestamp, type, quantity, value, itemId, item }) => (
            <tr key={eventId} className={css.event} data-marked={marked === itemId || undefined}>
              <td className={css.when}>
                <Link href={pathTo('events', { event: eventId })}>{when(timestamp)}</Link>
              </td>
              <td className="short">
                {lower(type)}
                {quantity > 1 && ` × ${quantity}`}
                {value != null && ` ${value}`}
              </td>
              <td>
                {item?.title ?? <code>{itemId}</code>} {eventId === causedBy && <Tag kind="accent">made this list</Tag>}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroller>
  )
}
