import { ms } from '../format.ts'
import { Stat, Stats } from '../ui/panel.tsx'
import css from './follow.module.css'
import { eventToListMs, eventToPushMs, type Trace } from './histogram.ts'

const kinds: Readonly<Record<string, string>> = { record: 'in', push: 'out' }

/** All spans of one event on one time scale. */
export function Waterfall({ trace }: { trace: Trace }) {
  const { spans } = trace
  const end = Math.max(...spans.map(({ endMs }) => endMs), 1)
  const took = eventToPushMs(trace)
  const stored = eventToListMs(trace)
  const first = firstOfEach(spans)
  return (
    <>
      <Stats>
        {took === undefined ? (
          <Stat
            name="Event to stored list"
            value={stored === undefined ? 'under way' : ms(stored)}
            note={stored === undefined ? undefined : 'no page of this user was open'}
          />
        ) : (
          <Stat name="Event to push" value={ms(took)} />
        )}
        <Stat name="Spans" value={spans.length} />
      </Stats>
      <div className={css.scale} aria-hidden="true">
        {[0, 0.25, 0.5, 0.75, 1].map((share) => (
          <span key={share}>{ms(end * share)}</span>
        ))}
      </div>
      <ol className={css.waterfall} aria-label="Spans, by start time">
        {first.map(({ name, startMs, endMs, more }) => (
          <li key={name} data-span={name}>
            <span className={css.span}>
              {name}
              {more > 0 && <small> +{more}</small>}
            </span>
            <span className={css.lane}>
              <span
                className={css.bar}
                data-kind={kinds[name] ?? 'stage'}
                style={{
                  left: `${(startMs / end) * 100}%`,
                  width: `${Math.max(((endMs - startMs) / end) * 100, 0.6)}%`,
                }}
              />
            </span>
            <span className={css.times}>
              <span className="unseen">begins after </span>
              {ms(startMs)} <span className="soft">took {ms(endMs - startMs)}</span>
            </span>
          </li>
        ))}
      </ol>
    </>
  )
}

/**
 * A stage with several spans of one event, such as `learn` with one per changed item, has one line: from the first to
 * the last.
 */
export function firstOfEach(spans: Trace['spans']) {
  const lines = new Map<string, { name: string; startMs: number; endMs: number; more: number }>()
  for (const { name, startMs, endMs } of spans) {
    const line = lines.get(name)
    if (!line) lines.set(name, { name, startMs, endMs, more: 0 })
    else lines.set(name, { ...line, endMs: Math.max(line.endMs, endMs), more: line.more + 1 })
  }
  return [...lines.values()]
}
