import { useState } from 'react'
import { CardsLoading, Shelf } from './cards.tsx'
import { ProductDocument } from './generated/graphql.ts'
import { ItemPicture } from './item-picture.tsx'
import { PageTitle, Problem } from './page-title.tsx'
import css from './pages.module.css'
import { Link, paths } from './router.tsx'
import { priceOf, putInBasket, useBasket } from './shopper.ts'
import { useShopQuery } from './use-shop-query.ts'

export function ProductPage({ id }: { id: string }) {
  const { data, error, askAgain } = useShopQuery({ query: ProductDocument, variables: { id } })
  const inBasket = useBasket()[id] ?? 0
  const [added, setAdded] = useState(false)

  if (error && !data) return <Problem again={askAgain} />
  if (!data) return <CardsLoading count={2} />
  const { item, boughtTogether, similarItems } = data
  if (item === null) {
    return (
      <>
        <PageTitle title="Item not found" />
        <p className="notice">
          There is no item “{id}”. <Link href={paths.catalog({})}>Browse the shop</Link>.
        </p>
      </>
    )
  }

  return (
    <>
      <article className={css.product}>
        <ItemPicture item={item} />
        <div>
          <p className={css.crumbs}>
            {item.categories.map((category) => (
              <Link key={category} href={paths.catalog({ category })}>
                {category}
              </Link>
            ))}
          </p>
          <PageTitle title={item.title} />
          <p className={css.price}>{priceOf(item)}</p>
          {item.description && <p>{item.description}</p>}
          {item.available ? (
            <button
              type="button"
              className="main"
              onClick={() => {
                putInBasket(item.id, 1)
                setAdded(true)
              }}
            >
              Add to basket
            </button>
          ) : (
            <p className="notice">Not available at the moment.</p>
          )}
          <p role="status" className={css.inBasket}>
            {inBasket > 0 && (
              <>
                {added ? 'Added: ' : ''}
                {inBasket} in your <Link href={paths.basket}>basket</Link>
              </>
            )}
          </p>
          <ul className={css.tags} aria-label="Tags">
            {item.tags.map((tag) => (
              <li key={tag}>{tag}</li>
            ))}
          </ul>
        </div>
      </article>
      <Shelf title="Bought together" picks={boughtTogether} />
      <Shelf title="Similar" picks={similarItems} />
    </>
  )
}
