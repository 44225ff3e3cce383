import { type ReactNode, useEffect, useRef } from 'react'

let first = true

/** The page's heading. It takes the focus after a click on a link, so that a screen reader announces the new page. */
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
      <p>This could not be loaded. The page tries again when the connection is back.</p>
      <button type="button" onClick={again}>
        Try now
      </button>
    </div>
  )
}
