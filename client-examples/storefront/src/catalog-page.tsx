import { useEffect, useMemo, useState } from 'react'
import cards from './cards.module.css'
import { CardsLoading, ItemCard } from './cards.tsx'
import { CatalogDocument, CategoriesDocument } from './generated/graphql.ts'
import { HomeRows } from './home-rows.tsx'
import { PageTitle, Problem } from './page-title.tsx'
import css from './pages.module.css'
import { Link, paths } from './router.tsx'
import { useShopper } from './shopper.ts'
import { useShopQuery } from './use-shop-query.ts'

/** Rows that the start page leaves out: the panel beside every page shows "For you". */
const shownElsewhere = ['FOR_YOU'] as const

interface CatalogRequest {
  readonly search: string
  readonly category: string | undefined
}

export function CatalogPage({ search, category }: CatalogRequest) {
  const title = search ? `“${search}”` : (category ?? 'Everything')
  const { id } = useShopper()
  return (
    <>
      <PageTitle title={title} />
      <Categories search={search} category={category} />
      {!search && !category && (
        <>
          <HomeRows key={id} userId={id} without={shownElsewhere} />
          <h2>The whole shop</h2>
        </>
      )}
      <Results key={JSON.stringify([search, category])} search={search} category={category} />
    </>
  )
}

function Categories({ search, category }: CatalogRequest) {
  const { data } = useShopQuery({ query: CategoriesDocument })
  const names = useMemo(() => {
    const all = data?.catalog.edges.flatMap(({ node }) => node.categories) ?? []
    return [...new Set(category ? [...all, category] : all)].sort()
  }, [data, category])
  return (
    <nav aria-label="Categories" className={css.categories}>
      <Link href={paths.catalog({ search })} aria-current={category === undefined ? 'page' : undefined}>
        Everything
      </Link>
      {names.map((name) => (
        <Link
          key={name}
          href={paths.catalog({ search, category: name })}
          aria-current={category === name ? 'page' : undefined}
        >
          {name}
        </Link>
      ))}
    </nav>
  )
}

/** Pages one below the other. The history entry keeps the cursors of the open pages, so that "back" restores them. */
function Results({ search, category }: CatalogRequest) {
  const [cursors, setCursors] = useState<readonly string[]>(() => history.state?.cursors ?? [])
  useEffect(() => history.replaceState({ cursors }, ''), [cursors])
  return (
    <ul className={cards.grid} aria-label="Items">
      {['', ...cursors].map((cursor, n) => (
        <ResultsPage
          key={cursor}
          search={search}
          category={category}
          after={cursor || undefined}
          last={n === cursors.length}
          more={(next) => setCursors([...cursors, next])}
        />
      ))}
    </ul>
  )
}

interface PageOfResults extends CatalogRequest {
  readonly after: string | undefined
  readonly last: boolean
  readonly more: (cursor: string) => void
}

function ResultsPage({ search, category, after, last, more }: PageOfResults) {
  const { data, error, askAgain } = useShopQuery({
    query: CatalogDocument,
    variables: { search: search || null, categories: category ? [category] : null, after },
  })
  if (error && !data) {
    return (
      <li className={cards.whole}>
        <Problem again={askAgain} />
      </li>
    )
  }
  if (!data) {
    return (
      <li className={cards.whole}>
        <CardsLoading count={8} />
      </li>
    )
  }
  const { edges, pageInfo, totalCount } = data.catalog
  return (
    <>
      {after === undefined && (
        <li className={cards.whole}>
          {totalCount === 0 ? (
            <p role="status" className="notice">
              <strong>Nothing found.</strong> Try fewer letters{category && ', or another category'}, or{' '}
              <Link href={paths.catalog({})}>see everything</Link>.
            </p>
          ) : (
            <p role="status" className={css.count}>
              {totalCount === 1 ? '1 item' : `${totalCount.toLocaleString('en')} items`}
            </p>
          )}
        </li>
      )}
      {edges.map(({ node }) => (
        <li key={node.id}>
          <ItemCard item={node} />
        </li>
      ))}
      {last && pageInfo.hasNextPage && (
        <li className={cards.whole}>
          <button type="button" className={css.more} onClick={() => more(pageInfo.endCursor!)}>
            Show more
          </button>
        </li>
      )}
    </>
  )
}
