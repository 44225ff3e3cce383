import { useEffect, useRef } from 'react'
import { CardsLoading } from '../cards.tsx'
import { TitleDocument } from '../generated/graphql.ts'
import { Problem } from '../page-title.tsx'
import { Link } from '../router.tsx'
import { useShopper } from '../shopper.ts'
import { useShopQuery } from '../use-shop-query.ts'
import css from './media.module.css'
import { consume, usePortion } from './progress.ts'
import { Progress, Still, TitleCard } from './title-card.tsx'

/** Portion that one press of the button watches or reads. */
const step = 0.2

export function TitlePage({ id }: { id: string }) {
  const { data, error, askAgain } = useShopQuery({ query: TitleDocument, variables: { id } })
  const heading = useRef<HTMLHeadingElement>(null)
  const title = data?.item?.title
  useEffect(() => {
    if (title !== undefined) heading.current?.focus({ preventScroll: true })
  }, [title])

  if (error && !data) return <Problem again={askAgain} />
  if (!data) return <CardsLoading count={2} />
  const { item } = data
  if (item === null) {
    return (
      <p className="notice">
        There is no title “{id}”. <Link href={location.pathname}>Browse all titles</Link>.
      </p>
    )
  }
  const minutes = item.attributes.find(({ name }) => name === 'minutes')?.number ?? 0
  return (
    <>
      <title>{`${item.title} · Lumen`}</title>
      <article className={css.title}>
        <Still item={item} />
        <div>
          <p className={css.genre}>{item.categories.join(', ')}</p>
          <h1 ref={heading} tabIndex={-1}>
            {item.title}
          </h1>
          {item.description && <p>{item.description}</p>}
          <Player itemId={item.id} minutes={minutes} isFilm={item.tags.includes('film')} />
        </div>
      </article>
      <section className={css.similar} aria-label="Similar">
        <h2>Similar</h2>
        <ul className={css.grid}>
          {item.similar.map((pick) => (
            <li key={pick.item.id}>
              <TitleCard item={pick.item} />
            </li>
          ))}
        </ul>
      </section>
    </>
  )
}

/** Simulates a player: each press of the button consumes a fifth. */
function Player({ itemId, minutes, isFilm }: { itemId: string; minutes: number; isFilm: boolean }) {
  const { id: userId } = useShopper()
  const portion = usePortion(itemId)
  const verb = isFilm ? 'Watch' : 'Read'
  const goOn = () => {
    const next = Math.min(1, Math.round((portion + step) * 100) / 100)
    consume(userId, itemId, next, (next - portion) * minutes * 60)
  }
  return (
    <div className={css.player}>
      <Progress portion={portion} />
      {portion < 1 ? (
        <button type="button" className="main" onClick={goOn}>
          {portion === 0 ? `${verb} a fifth of it` : `${verb} on`}
        </button>
      ) : (
        <p role="status">Finished.</p>
      )}
      {portion > 0 && portion < 1 && (
        <p role="status">
          {Math.round(portion * minutes)} of {minutes} minutes
        </p>
      )}
    </div>
  )
}
