import { useEffect, useRef } from 'react'
import { ConnectionBanner } from '../connection-banner.tsx'
import { HomeRows } from '../home-rows.tsx'
import { Link, useRoute } from '../router.tsx'
import { useShopper } from '../shopper.ts'
import type { HomeRow } from '../use-home.ts'
import css from './media.module.css'
import { TitleCard } from './title-card.tsx'
import { TitlePage } from './title-page.tsx'

/** A media site with the same API and code as the shop: its page shows the rows of `homeUpdated`. */
export function MediaApp() {
  const route = useRoute()
  const { id } = useShopper()
  return (
    <>
      <header className={css.header}>
        <Link href={location.pathname} className={css.home}>
          Lumen
        </Link>
        <p>A demo: films and articles are invented</p>
      </header>
      <ConnectionBanner />
      <main className={css.main}>
        {route.page === 'item' ? <TitlePage key={route.id} id={route.id} /> : <Start userId={id} />}
      </main>
    </>
  )
}

function Start({ userId }: { userId: string }) {
  const heading = useRef<HTMLHeadingElement>(null)
  useEffect(() => heading.current?.focus({ preventScroll: true }), [])
  return (
    <>
      <title>Lumen, a demo library</title>
      <h1 ref={heading} tabIndex={-1}>
        What to watch and read
      </h1>
      <HomeRows
        key={userId}
        userId={userId}
        titleOf={titleOf}
        card={({ item }, { id }, position) => <TitleCard item={item} recommendationId={id} position={position} />}
      />
    </>
  )
}

const titles: Readonly<Record<HomeRow['kind'], string>> = {
  FOR_YOU: 'Picked for you',
  CONTINUE: 'Continue',
  BUY_AGAIN: 'Watch again',
  BECAUSE_OF: 'More like this',
  CATEGORY: 'More for you',
  TRENDING: 'Popular today',
  NEW: 'New',
}

function titleOf({ kind, because }: HomeRow): string {
  if (because?.__typename === 'BecauseOfItem') return `Because of “${because.item.title}”`
  if (because?.__typename === 'MatchesTaste') return because.categories.join(' and ')
  return titles[kind]
}
