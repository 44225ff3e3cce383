import { type ReactNode, useEffect, useRef } from 'react'

let first = true

/** The page's heading. After a click on a link it takes the focus, so that a screen reader says where one is now. */
export function PageTitle({ title, children }: { title: string; children?: ReactNode }) {
  const heading = useRef<HTMLHeadingElement>(null)
  useEffect(() => {
    const typing = document.activeElement instanceof HTMLInputElement
    if (!first && !typing) heading.current?.focus({ preventScroll: true })
    first = false
  }, [])
  return (
    <>
      <title>{`${title} · Marigold, a demo shop`}</title>
      <h1 ref={heading} tabIndex={-1}>
        {children ?? title}
      </h1>
    </>
  )
}

export function Problem({ again }: { again: () => void }) {
  return (
    <div className="notice" role="alert">
      <p>This could not be loaded. It is asked for again as soon as the connection is back.</p>
      <button type="button" onClick={again}>
        Try now
      </button>
    </div>
  )
}
