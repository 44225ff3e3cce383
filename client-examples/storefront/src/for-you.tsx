import { useAutoAnimate } from '@formkit/auto-animate/react'
import type { ListPick } from '@pickstream/client'
import { useConnection, useImpressions } from '@pickstream/react'
import { useCallback, useEffect, useRef, useState } from 'react'
import { ItemCard } from './cards.tsx'
import css from './for-you.module.css'
import { glide } from './glide.ts'
import { passed, record, undo } from './shopper.ts'
import { useForYou } from './use-for-you.ts'

/** How long a dismissal can be undone. */
const undoMs = 20_000

/** The live list. It updates itself, but not while the pointer or the keyboard's focus is in it. */
export function ForYou({ userId }: { userId: string }) {
  const { shown, picks, waiting, fresh, latencyMs, failure, ...held } = useForYou(userId)
  const heading = useRef<HTMLHeadingElement>(null)
  const scroller = useRef<HTMLDivElement>(null)
  const [list] = useAutoAnimate<HTMLOListElement>(glide)
  const [dismissal, setDismissal] = useState<{ pick: ListPick; eventId: string }>()
  const impressionsRef = useImpressions(userId, shown, passed)
  const scrollerRef = useCallback(
    (element: HTMLDivElement | null) => {
      scroller.current = element
      impressionsRef(element)
    },
    [impressionsRef],
  )

  useEffect(() => {
    if (dismissal === undefined) return
    const timer = setTimeout(() => setDismissal(undefined), undoMs)
    return () => clearTimeout(timer)
  }, [dismissal])

  const dismiss = (pick: ListPick) => {
    setDismissal({ pick, eventId: record('DISMISS', pick.item.id, { recommendationId: shown!.id }) })
    held.dismiss(pick.item.id)
    heading.current?.focus()
  }
  const undoDismissal = async ({ pick, eventId }: { pick: ListPick; eventId: string }) => {
    setDismissal(undefined)
    held.restore(pick.item.id)
    heading.current?.focus()
    await undo(eventId)
  }
  const showWaiting = () => {
    held.showWaiting()
    heading.current?.focus({ preventScroll: true })
    scroller.current?.scrollTo({ top: 0, left: 0 })
  }

  return (
    <aside className={css.panel} aria-labelledby="for-you" ref={held.holdRef}>
      <div className={css.head}>
        <h2 id="for-you" ref={heading} tabIndex={-1}>
          For you
        </h2>
        <LatencyBadge ms={latencyMs} />
        {waiting !== undefined && (
          <button type="button" className={css.waiting} onClick={showWaiting}>
            {waiting === 0 ? 'Update order' : waiting === 1 ? '1 new pick' : `${waiting} new picks`}
          </button>
        )}
      </div>
      {shown?.personalized === false && <p className={css.hint}>Open a few items: this list adapts at once.</p>}
      <p role="status" className="unseen">
        {waiting === undefined && fresh.size > 0 && `For you has ${fresh.size} new picks`}
      </p>
      {dismissal && (
        <p role="status" className={css.dismissal}>
          <span>You will not see {dismissal.pick.item.title} again.</span>
          <button type="button" onClick={() => undoDismissal(dismissal)}>
            Undo
          </button>
        </p>
      )}
      <div ref={scrollerRef} className={css.scroller}>
        {shown === undefined && <Loading failure={failure} />}
        {shown !== undefined && picks.length === 0 && (
          <p className={css.empty}>No picks yet: the shop has nothing to sell.</p>
        )}
        <ol ref={list} className={css.list}>
          {picks.map((pick, n) => (
            <li key={pick.item.id} data-item={pick.item.id} data-fresh={fresh.has(pick.item.id) || undefined}>
              <ItemCard item={pick.item} reason={pick.reason} recommendationId={shown!.id} position={n + 1}>
                <button
                  type="button"
                  className={css.dismiss}
                  aria-label={`Not for me: ${pick.item.title}`}
                  title="Not for me"
                  onClick={() => dismiss(pick)}
                >
                  <svg viewBox="0 0 24 24" aria-hidden="true">
                    <path d="m6 6 12 12M18 6 6 18" />
                  </svg>
                </button>
              </ItemCard>
            </li>
          ))}
        </ol>
      </div>
      {shown && (
        <p className={css.source}>
          {shown.personalized ? 'Made for you' : 'Popular items'} ·{' '}
          <time dateTime={shown.computedAt}>{new Date(shown.computedAt).toLocaleTimeString('en-GB')}</time> · model{' '}
          {shown.modelVersion}
        </p>
      )}
    </aside>
  )
}

function LatencyBadge({ ms }: { ms: number | undefined }) {
  if (ms === undefined) return null
  return (
    <span className={css.latency} title="Measured in this page: from your click to the new list it caused">
      <span className="unseen">Last click to new list: </span>
      {ms < 10 ? ms.toFixed(1) : Math.round(ms)} ms
    </span>
  )
}

function Loading({ failure }: { failure: string | undefined }) {
  if (useConnection() === 'refused') return null
  return failure === undefined ? (
    <p className={css.empty}>Loading your picks …</p>
  ) : (
    <p className={css.empty}>No picks at the moment: {failure}</p>
  )
}
