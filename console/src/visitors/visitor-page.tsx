import { useDeferredValue, useEffect, useState } from 'react'
import { useSubscription } from 'urql'
import { clock } from '../format.ts'
import { ListOfDocument, VisitorDocument } from '../generated/graphql.ts'
import page from '../page.module.css'
import { Link, navigate, pathTo } from '../router.tsx'
import { Empty, Panel, Pending, Problem, Stat, Stats, Tag, Waiting } from '../ui/panel.tsx'
import { useFreshQuery } from '../use-fresh-query.ts'
import { CategoriesPanel } from './categories-panel.tsx'
import { HistoryTable } from './history-table.tsx'
import { PicksTable } from './picks-table.tsx'
import css from './visitors.module.css'

/** One visitor: their history, their list, and the events that are the reasons of its picks. */
export function VisitorPage({ userId }: { userId: string | undefined }) {
  return (
    <>
      <Find userId={userId} />
      {userId ? <Visitor userId={userId} /> : <Empty>Enter a user's id to see their history and their list.</Empty>}
    </>
  )
}

function Find({ userId = '' }: { userId?: string }) {
  const [id, setId] = useState(userId)
  useEffect(() => setId(userId), [userId]) // links and "back" change the user too
  return (
    <search>
      <form
        className={page.form}
        onSubmit={(event) => {
          event.preventDefault()
          remember(id.trim())
          navigate(pathTo('visitor', { user: id.trim() }))
        }}
      >
        <label>
          User id
          <input
            required
            type="search"
            maxLength={256}
            list="users"
            autoComplete="off"
            value={id}
            onChange={({ target }) => setId(target.value)}
          />
          <datalist id="users">
            {remembered().map((one) => (
              <option key={one} value={one} />
            ))}
          </datalist>
        </label>
        <button type="submit" className="main">
          Inspect
        </button>
        <p className={css.example}>
          In the demo shop, for example{' '}
          {['demo-shopper-001', 'demo-shopper-042'].map((one) => (
            <button
              key={one}
              type="button"
              className={css.link}
              onClick={() => navigate(pathTo('visitor', { user: one }))}
            >
              {one}
            </button>
          ))}
        </p>
      </form>
    </search>
  )
}

function Visitor({ userId }: { userId: string }) {
  const [{ data: pushed, error: pushError }] = useSubscription({ query: ListOfDocument, variables: { userId } })
  const { data, error, askAgain } = useFreshQuery({ query: VisitorDocument, variables: { id: userId } }, 3_000)
  const [reason, setReason] = useState<string>()
  const marked = useDeferredValue(reason)
  const list = pushed?.recommendationsUpdated
  const events = data?.user?.events.edges.map(({ node }) => node) ?? []
  return (
    <>
      {list && (
        <Stats>
          <Stat name="List" value={list.personalized ? 'personal' : 'fallback'} />
          <Stat name="Computed at" value={clock(list.computedAt)} />
          <Stat name="Model" value={`version ${list.modelVersion}`} />
          {list.variant && <Stat name="Variant" value={list.variant} />}
          <Stat name="Revision" value={<span className="mono">{list.revision}</span>} />
        </Stats>
      )}
      <div className={page.columns}>
        <Panel
          title="List"
          note={list?.causedByEventId && <CausedBy eventId={list.causedByEventId} />}
          tools={list && <Tag kind="good">live</Tag>}
        >
          {pushError && <Problem error={pushError} />}
          {!list && !pushError && <Waiting />}
          {list && <PicksTable picks={list.picks} onReason={setReason} />}
        </Panel>
        <div className={page.stack}>
          <CategoriesPanel events={events} picks={list?.picks ?? []} />
          <Panel title="History" note="The newest 50 events that counted.">
            <Pending of={{ data, error, askAgain }} />
            {data && events.length === 0 && <Empty>No history of {userId}: the list has popular items.</Empty>}
            {events.length > 0 && (
              <HistoryTable events={events} causedBy={list?.causedByEventId ?? undefined} marked={marked} />
            )}
          </Panel>
        </div>
      </div>
    </>
  )
}

function CausedBy({ eventId }: { eventId: string }) {
  return (
    <>
      Made by event{' '}
      <Link href={pathTo('events', { event: eventId })}>
        <code>{eventId}</code>
      </Link>
      .
    </>
  )
}

const slot = 'pickstream-console-users'
const remembered = (): string[] => JSON.parse(sessionStorage.getItem(slot) ?? '[]')
const remember = (id: string) =>
  sessionStorage.setItem(slot, JSON.stringify([id, ...remembered().filter((one) => one !== id)].slice(0, 10)))
