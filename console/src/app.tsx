import { lazy, Suspense, useEffect, useRef } from 'react'
import css from './app.module.css'
import { connectionStore } from './client.ts'
import { DeadLettersPage } from './dead/dead-letters-page.tsx'
import { FlowPage } from './flow/flow-page.tsx'
import { FollowPage } from './follow/follow-page.tsx'
import { count } from './format.ts'
import { frozenStore, liveStore, useLivePipeline } from './live.ts'
import { ModelsPage } from './models/models-page.tsx'
import { Link, pages, pathTo, useRoute } from './router.tsx'
import { SignIn } from './sign-in.tsx'
import { Waiting } from './ui/panel.tsx'
import { useStore } from './use-store.ts'
import { VisitorPage } from './visitors/visitor-page.tsx'

// Loaded on demand: it contains a YAML parser, which no other page needs.
const RulesPage = lazy(async () => ({ default: (await import('./rules/rules-page.tsx')).RulesPage }))

export function App() {
  useLivePipeline()
  const route = useRoute()
  const refused = useStore(connectionStore) === 'refused'
  return (
    <>
      <a className={css.skip} href="#main">
        Skip to the page
      </a>
      <div className={css.frame}>
        <Navigation />
        <main id="main" className={css.main}>
          {refused ? (
            <SignIn />
          ) : (
            <>
              <PageHead key={route.page} />
              {route.page === 'flow' && <FlowPage />}
              {route.page === 'events' && <FollowPage eventId={route.event} />}
              {route.page === 'visitor' && <VisitorPage key={route.user ?? ''} userId={route.user} />}
              {route.page === 'models' && <ModelsPage />}
              {route.page === 'rules' && (
                <Suspense fallback={<Waiting />}>
                  <RulesPage />
                </Suspense>
              )}
              {route.page === 'dead' && <DeadLettersPage />}
            </>
          )}
        </main>
      </div>
    </>
  )
}

function Navigation() {
  const { page } = useRoute()
  const dead = useStore(liveStore).now?.stages.reduce((sum, { deadLetters }) => sum + deadLetters, 0) ?? 0
  return (
    <nav className={css.nav} aria-label="Console">
      <Link href={pathTo('flow')} className={css.home}>
        <img src="./favicon.svg" alt="" width="22" height="22" /> Pickstream
      </Link>
      <ul>
        {pages.map((one) => (
          <li key={one.page}>
            <Link href={pathTo(one.page)} aria-current={page === one.page ? 'page' : undefined}>
              {one.title}
              {one.page === 'dead' && dead > 0 && <span className={css.badge}>{count(dead)}</span>}
            </Link>
          </li>
        ))}
      </ul>
      <Live />
    </nav>
  )
}

const words = { connecting: 'Connecting', live: 'Live', offline: 'Reconnecting', refused: 'No access' }

/** Shows whether the numbers are live, with a button that pauses them. */
function Live() {
  const connection = useStore(connectionStore)
  const frozen = useStore(frozenStore)
  return (
    <div className={css.live}>
      <span role="status" className={css.state} data-state={frozen ? 'frozen' : connection}>
        {frozen ? 'Paused' : words[connection]}
      </span>
      <button type="button" onClick={() => frozenStore.set(!frozen)}>
        {frozen ? 'Resume' : 'Pause'}
        <span className="unseen"> live numbers</span>
      </button>
    </div>
  )
}

let first = true

/** After a click on a link the heading takes the focus, so that a screen reader announces the new page. */
function PageHead() {
  const { page } = useRoute()
  const heading = useRef<HTMLHeadingElement>(null)
  useEffect(() => {
    if (!first) heading.current?.focus({ preventScroll: true })
    first = false
  }, [])
  const title = pages.find((one) => one.page === page)!.title
  return (
    <>
      <title>{`${title} · Pickstream console`}</title>
      <h1 ref={heading} tabIndex={-1}>
        {title}
      </h1>
    </>
  )
}
