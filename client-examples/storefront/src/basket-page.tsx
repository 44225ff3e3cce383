import { useMemo, useState } from 'react'
import { CardsLoading, Shelf } from './cards.tsx'
import { BasketDocument } from './generated/graphql.ts'
import { ItemPicture } from './item-picture.tsx'
import { PageTitle, Problem } from './page-title.tsx'
import css from './pages.module.css'
import { Link, paths } from './router.tsx'
import { buyBasket, priceOf, putInBasket, useBasket } from './shopper.ts'
import { useShopQuery } from './use-shop-query.ts'

export function BasketPage() {
  const basket = useBasket()
  const key = Object.keys(basket).sort().join('\n')
  const ids = useMemo(() => (key ? key.split('\n') : []), [key])
  const { data, error, askAgain } = useShopQuery({ query: BasketDocument, variables: { ids }, pause: ids.length === 0 })
  const [bought, setBought] = useState(false)

  if (ids.length === 0) {
    return (
      <>
        <PageTitle key={String(bought)} title={bought ? 'Thank you' : 'Your basket'} />
        <p className="notice">
          {bought
            ? 'Your order is complete, and what you bought has left your list. (This is a demo: nothing is shipped.) '
            : 'Your basket is empty. '}
          <Link href={paths.catalog({})}>Browse the shop</Link>
        </p>
      </>
    )
  }

  const lines = (data?.items ?? []).filter((item) => item !== null).filter(({ id }) => basket[id] > 0)
  const total = lines.reduce((sum, item) => sum + (item.price ?? 0) * basket[item.id], 0)

  return (
    <>
      <PageTitle title="Your basket" />
      {error && !data && <Problem again={askAgain} />}
      {!data && !error && <CardsLoading count={2} />}
      <ul className={css.basket}>
        {lines.map((item) => (
          <Line key={item.id} item={item} quantity={basket[item.id]} />
        ))}
      </ul>
      {lines.length > 0 && (
        <p className={css.total}>
          <span>Total</span> <strong>{priceOf({ price: total })}</strong>
          <button
            type="button"
            className="main"
            onClick={() => {
              buyBasket(lines)
              setBought(true)
            }}
          >
            Buy now
          </button>
        </p>
      )}
      <Shelf title="Goes well with your basket" picks={data?.boughtTogether ?? []} />
    </>
  )
}

type Item = Parameters<typeof ItemPicture>[0]['item'] & { title: string; price: number | null }

function Line({ item, quantity }: { item: Item; quantity: number }) {
  return (
    <li>
      <ItemPicture item={item} />
      <Link href={paths.item(item.id)}>{item.title}</Link>
      <span className={css.quantity}>
        <button type="button" aria-label={`One less: ${item.title}`} onClick={() => putInBasket(item.id, -1)}>
          −
        </button>
        <span>
          {quantity} <span className="unseen">in the basket</span>
        </span>
        <button type="button" aria-label={`One more: ${item.title}`} onClick={() => putInBasket(item.id, 1)}>
          +
        </button>
      </span>
      <span className={css.price}>{priceOf({ price: item.price === null ? null : item.price * quantity })}</span>
    </li>
  )
}
