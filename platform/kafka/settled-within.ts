import { systemClock } from '../ports/clock.ts'

/** Waits for a promise for at most `msMax`. @returns whether it has resolved or rejected */
export async function settledWithin(msMax: number, promise: Promise<unknown>): Promise<boolean> {
  const settled = new AbortController()
  const done = promise.then(
    () => true,
    () => true,
  )
  const late = systemClock.sleep(msMax, settled.signal).then(() => false)
  const result = await Promise.race([done, late])
  settled.abort()
  return result
}
