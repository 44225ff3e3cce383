import { useState } from 'react'
import { clock, ms, shortId } from '../format.ts'
import { TracesDocument } from '../generated/graphql.ts'
import page from '../page.module.css'
import { Link, pathTo } from '../router.tsx'
import { Empty, Panel, Pending, Problem, Tag } from '../ui/panel.tsx'
import { useFreshQuery } from '../use-fresh-query.ts'
import css from './follow.module.css'
import { eventToListMs, eventToPushMs, type Trace } from './histogram.ts'
import { ResultingList } from './resulting-list.tsx'
import { TestEventForm } from './test-event-form.tsx'
import { Waterfall } from './waterfall.tsx'

/** Traced events, newest first, and the spans of one of them. */
export function FollowPage({ eventId }: { eventId: string | undefined }) {
  /** The user whose list is shown; known only for events sent from this page, since traces do not name users. */
  const [sentBy, setSentBy] = useState<string>()
  return (
    <>
      <TestEventForm onSend={setSentBy} />
      <div className={page.columns} data-side>
        <div className={page.stack}>
          <OneEvent eventId={eventId} />
          {sentBy && <ResultingList key={sentBy} userId={sentBy} eventId={eventId} />}
        </div>
        <Followed eventId={eventId} />
      </div>
    </>
  )
}

function OneEvent({ eventId }: { eventId: string | undefined }) {
  const variables = { first: 1, eventId: eventId ?? null }
  const { data, error, askAgain } = useFreshQuery({ query: TracesDocument, variables }, eventId ? 500 : 2_000)
  const trace = data?.eventTraces[0]
  return (
    <Panel
      title={eventId ? 'Trace of this event' : 'Trace of the newest event'}
      note={trace?.eventId ? <code>{trace.eventId}</code> : eventId && <code>{eventId}</code>}
    >
      <Pending of={{ data, error, askAgain }} />
      {data && !trace && (
        <Empty>
          {eventId
            ? 'No trace of this event yet. The server keeps the newest 500 traces.'
            : 'No event has been traced since the server started. Send one above.'}
        </Empty>
      )}
      {trace && <Waterfall trace={trace} />}
    </Panel>
  )
}

function Followed({ eventId }: { eventId: string | undefined }) {
  const { data, error } = useFreshQuery({ query: TracesDocument, variables: { first: 30, eventId: null } }, 2_000)
  const traces = data?.eventTraces.filter((trace) => trace.eventId !== null) ?? []
  return (
    <Panel
      title="Traced events"
      note="A few events a second are traced, those with a sampled traceparent among them. Green: pushed to an open page."
    >
      {error && <Problem error={error} />}
      {data && traces.length === 0 && <Empty>None yet.</Empty>}
      <ol className={css.followed}>
        {traces.map((trace) => (
          <li key={trace.id}>
            <Link
              href={pathTo('events', { event: trace.eventId! })}
              aria-current={trace.eventId === eventId ? 'true' : undefined}
            >
              <code title={trace.eventId!}>{shortId(trace.eventId!)}</code>
              <span className="soft">{clock(trace.startedAt)}</span>
              <Reached trace={trace} />
            </Link>
          </li>
        ))}
      </ol>
    </Panel>
  )
}

function Reached({ trace }: { trace: Trace }) {
  const pushed = eventToPushMs(trace)
  const stored = eventToListMs(trace)
  if (pushed !== undefined) return <Tag kind="good">{ms(pushed)}</Tag>
  return <Tag>{stored === undefined ? trace.spans.at(-1)?.name : ms(stored)}</Tag>
}
