import { type ReactNode, useId } from 'react'
import type { CombinedError } from 'urql'
import { sayError } from '../client.ts'
import css from './panel.module.css'

interface PanelProps {
  readonly title: string
  readonly note?: ReactNode
  readonly tools?: ReactNode
  readonly wide?: boolean
  readonly children: ReactNode
}

/** One part of a page: a region with a heading. */
export function Panel({ title, note, tools, wide, children }: PanelProps) {
  const id = useId()
  return (
    <section className={css.panel} aria-labelledby={id} data-wide={wide || undefined}>
      <header className={css.head}>
        <h2 id={id}>{title}</h2>
        {tools && <div className={css.tools}>{tools}</div>}
        {note && <p className={css.note}>{note}</p>}
      </header>
      {children}
    </section>
  )
}

/** Makes a wide table scroll inside its panel, also by keyboard. */
export function Scroller({ label, tall, children }: { label: string; tall?: boolean; children: ReactNode }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by the keyboard
    <section className={css.scroller} data-tall={tall || undefined} tabIndex={0} aria-label={label}>
      {children}
    </section>
  )
}

export function Empty({ children }: { children: ReactNode }) {
  return <p className={css.empty}>{children}</p>
}

export const Waiting = () => <Empty>Loading …</Empty>

export function Problem({ error, again }: { error: CombinedError; again?: () => void }) {
  return (
    <div className={css.problem} role="alert">
      <p>{sayError(error)}</p>
      {again && (
        <button type="button" onClick={again}>
          Try again
        </button>
      )}
    </div>
  )
}

/** Shown while a query has no answer: that it is loading, or the error. After a failed query, the last answer stays. */
export function Pending({ of: { data, error, askAgain } }: { of: Asked }) {
  if (error) return <Problem error={error} {...(askAgain && { again: askAgain })} />
  return data === undefined || data === null ? <Waiting /> : null
}

interface Asked {
  readonly data?: unknown
  readonly error?: CombinedError | undefined
  readonly askAgain?: () => void
}

/** Result of an action, also announced by a screen reader. */
export function Outcome({ children, bad }: { children: ReactNode; bad?: boolean }) {
  return (
    <p role="status" className={css.outcome} data-bad={bad || undefined}>
      {children}
    </p>
  )
}

export function Stat({ name, value, note }: { name: string; value: ReactNode; note?: string }) {
  return (
    <div className={css.stat}>
      <dt>{name}</dt>
      <dd>
        {value}
        {note && <small> {note}</small>}
      </dd>
    </div>
  )
}

export const Stats = ({ children }: { children: ReactNode }) => <dl className={css.stats}>{children}</dl>

export function Tag({ kind, children }: { kind?: 'good' | 'warn' | 'bad' | 'accent'; children: ReactNode }) {
  return (
    <span className={css.tag} data-kind={kind}>
      {children}
    </span>
  )
}
