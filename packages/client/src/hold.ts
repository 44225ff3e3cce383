/** Delay from the moment that pointer and focus leave the element until the list is released. */
const releaseMs = 300

/**
 * Observes whether the visitor uses a list, so that it must not change: a mouse, a finger or the keyboard focus is in
 * the element. Calls back with true when that begins, and with false 300 ms after it ended. Returns a function that
 * ends the observation; if the element is held then, it calls back with false.
 */
export function observeHold(element: HTMLElement, onChange: (held: boolean) => void): () => void {
  const reasons = new Set<string>()
  let timer: ReturnType<typeof setTimeout> | undefined
  const hold = (reason: string): void => {
    clearTimeout(timer)
    if (reasons.size === 0 && timer === undefined) onChange(true)
    timer = undefined
    reasons.add(reason)
  }
  const release = (reason: string): void => {
    if (!reasons.delete(reason) || reasons.size > 0) return
    clearTimeout(timer)
    timer = setTimeout(() => {
      timer = undefined
      onChange(false)
    }, releaseMs)
  }
  const listeners: readonly [string, (event: Event) => void][] = [
    ['pointerenter', (event) => (event as PointerEvent).pointerType !== 'touch' && hold('mouse')],
    ['pointerleave', () => release('mouse')],
    ['touchstart', () => hold('touch')],
    ['touchend', () => release('touch')],
    ['touchcancel', () => release('touch')],
    // Only focus by the keyboard: a clicked button keeps its focus after the pointer has left.
    ['focusin', ({ target }) => (target as Element).matches(':focus-visible') && hold('focus')],
    [
      'focusout',
      (event) => {
        if (!element.contains((event as FocusEvent).relatedTarget as Node | null)) release('focus')
      },
    ],
  ]
  for (const [type, listener] of listeners) element.addEventListener(type, listener, { passive: true })
  return () => {
    const isHeld = reasons.size > 0 || timer !== undefined
    clearTimeout(timer)
    for (const [type, listener] of listeners) element.removeEventListener(type, listener)
    if (isHeld) onChange(false)
  }
}
