import { observeImpressions } from '@pickstream/client'
import { memo, type ReactNode, useEffect, useRef, useState } from 'react'
import { ItemCard } from './cards.tsx'
import { pickstream } from './client.ts'
import css from './home-rows.module.css'
import { stopwatch } from './shopper.ts'
import { type HomeRow, useHome } from './use-home.ts'

type Pick = HomeRow['picks'][number]
type RowKind = HomeRow['kind']

interface Page {
  readonly userId: string
  /** Kinds of rows that the page shows elsewhere. */
  readonly without?: readonly RowKind[]
  readonly titleOf?: (row: HomeRow) => string
  /** @param position place in the row, from 1 */
  readonly card?: (pick: Pick, row: HomeRow, position: number) => ReactNode
}

/** Live rows of a start page. They update themselves, but not while the pointer or the keyboard's focus is in them. */
export function HomeRows({ userId, without = [], titleOf = shopTitle, card = shopCard }: Page) {
  const { rows, holdRef, failure } = useHome(userId)
  if (rows === undefined) return failure === undefined ? null : <p className="notice">{failure}</p>
  return (
    <div className={css.rows} ref={holdRef}>
      {rows
        .filter(({ kind }) => !without.includes(kind))
        .map((row) => (
          <Row key={keyOf(row)} userId={userId} row={row} title={titleOf(row)} card={card} />
        ))}
    </div>
  )
}

interface RowProps {
  readonly userId: string
  readonly row: HomeRow
  readonly title: string
  readonly card: NonNullable<Page['card']>
}

const Row = memo(function Row({ userId, row, title, card }: RowProps) {
  const strip = useRowImpressions(userId, row)
  return (
    <section className={css.row} data-row={row.kind} aria-label={title}>
      <h2>{title}</h2>
      <ul ref={strip} className={css.strip}>
        {row.picks.map((pick, n) => (
          <li key={pick.item.id} data-item={pick.item.id}>
            {card(pick, row, n + 1)}
          </li>
        ))}
      </ul>
    </section>
  )
})

/** Records impressions of the items of a row, under the row's own id. */
function useRowImpressions(userId: string, row: HomeRow) {
  const strip = useRef<HTMLUListElement>(null)
  const [observer] = useState(() =>
    observeImpressions<HomeRow>({
      onSeen({ id }, itemIds) {
        for (const eventId of pickstream.recordImpressions(userId, id, itemIds)) stopwatch.passed(eventId)
      },
    }),
  )
  useEffect(() => {
    if (strip.current) observer.show(row, strip.current.children)
  }, [observer, row])
  useEffect(() => () => observer.stop(), [observer])
  return strip
}

/** React key of a row: it stays the same while the picks of the row change. */
const keyOf = ({ kind, because }: HomeRow): string => {
  if (because?.__typename === 'BecauseOfItem') return `${kind} ${because.item.id}`
  return because?.__typename === 'MatchesTaste' ? `${kind} ${because.categories.join()}` : kind
}

const titles: Readonly<Record<RowKind, string>> = {
  FOR_YOU: 'For you',
  CONTINUE: 'Continue',
  BUY_AGAIN: 'Buy again',
  BECAUSE_OF: 'More like what you looked at',
  CATEGORY: 'More for you',
  TRENDING: 'Popular today',
  NEW: 'New in the shop',
}

export function shopTitle({ kind, because }: HomeRow): string {
  if (because?.__typename === 'BecauseOfItem') return `Because of ${because.item.title}`
  if (because?.__typename === 'MatchesTaste') return `More in ${because.categories.join(' and ')}`
  return titles[kind]
}

const shopCard = ({ item }: Pick, { id }: HomeRow, position: number): ReactNode => (
  <ItemCard item={item} recommendationId={id} position={position} />
)
