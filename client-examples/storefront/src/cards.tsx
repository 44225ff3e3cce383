import type { ReactNode } from 'react'
import css from './cards.module.css'
import type { ItemCardFragment, PickCardFragment } from './generated/graphql.ts'
import { ItemPicture } from './item-picture.tsx'
import { Link, paths } from './router.tsx'
import { priceOf, record } from './shopper.ts'

type Reason = PickCardFragment['reason']

/** One item of a grid or list. The whole card is a link to the item; `children` (buttons) are placed above it. */
export function ItemCard({
  item,
  reason,
  recommendationId,
  position,
  children,
}: {
  item: ItemCardFragment
  reason?: Reason
  recommendationId?: string
  /** Position in the list, from 1. */
  position?: number
  children?: ReactNode
}) {
  return (
    <article className={css.card}>
      <ItemPicture item={item} />
      <div className={css.text}>
        <h3 className={css.title}>
          <Link
            href={paths.item(item.id)}
            title={item.title}
            onClick={() => record('CLICK', item.id, { ...(recommendationId && { recommendationId, position }) })}
          >
            {item.title}
          </Link>
        </h3>
        {reason && <ReasonLine reason={reason} />}
        <p className={css.price}>{priceOf(item)}</p>
      </div>
      {children}
    </article>
  )
}

export function Shelf({ title, picks }: { title: string; picks: readonly PickCardFragment[] }) {
  if (picks.length === 0) return null
  return (
    <section className={css.shelf}>
      <h2>{title}</h2>
      <ul className={css.grid}>
        {picks.map(({ item }) => (
          <li key={item.id}>
            <ItemCard item={item} />
          </li>
        ))}
      </ul>
    </section>
  )
}

export function CardsLoading({ count }: { count: number }) {
  return (
    <div className={css.grid} aria-hidden="true">
      {Array.from({ length: count }, (_, n) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: placeholders are interchangeable
        <div key={n} className={css.loading} />
      ))}
    </div>
  )
}

const textsByEventType: Partial<Record<string, string>> = {
  CART: 'Goes well with',
  PURCHASE: 'Because you bought',
  LIKE: 'Because you like',
  RATING: 'Because you like',
}

function ReasonLine({ reason }: { reason: Reason }) {
  return <p className={css.reason}>{reasonText(reason)}</p>
}

export function reasonText(reason: Reason): ReactNode {
  switch (reason.__typename) {
    case 'BecauseOfItem':
      return (
        <>
          {textsByEventType[reason.eventType] ?? 'Because you looked at'} <em>{reason.item.title}</em>
        </>
      )
    case 'PopularNow':
      return { HOUR: 'Popular now', DAY: 'Popular today', WEEK: 'Popular this week' }[reason.window]
    case 'MatchesTaste':
      return (
        <>
          Matches your taste in <em>{listed.format(reason.categories)}</em>
        </>
      )
    case 'NewArrival':
      return 'New in the shop'
    case 'ChosenByShop':
      return 'Chosen by the shop'
    default:
      return 'For you' // a reason of a newer API version
  }
}

const listed = new Intl.ListFormat('en')
