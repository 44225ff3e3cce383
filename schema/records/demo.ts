import { decodeVersioned, encodeVersioned } from './codec.ts'

/**
 * Topic `demo-control`, key `demo/control`: settings of the demo shop's simulated traffic. To change the rate, append a
 * record; the newest one applies. The demo follows the topic and applies it within 250 ms.
 */
export interface DemoControl {
  readonly paused: boolean
  /** Events per second while not paused. */
  readonly eventsPerSecond: number
}

export const demoControlKey = 'demo/control'
export const demoRateMax = 500
export const demoControlDefault: DemoControl = { paused: false, eventsPerSecond: 3 }

/**
 * Topic `demo-control`, key `demo/progress` for the shop: written by the demo only, so that a restart continues where the previous
 * run stopped.
 */
export interface DemoProgress {
  /** End of the generated history, ms; fixed at the first start. */
  readonly openedAt: number
  readonly itemsLoaded: boolean
  /** Events of the generated history that are in the log. */
  readonly pastEvents: number
  /** Number of events of the generated history. */
  readonly pastEventsTotal: number
}

export type DemoName = 'shop' | 'media'

export const demoProgressKey = (name: DemoName): string => (name === 'shop' ? 'demo/progress' : `demo/progress/${name}`)

/** @throws RangeError if the rate is out of range */
export function encodeDemoControl(control: DemoControl): Uint8Array {
  const { eventsPerSecond } = control
  if (!(eventsPerSecond > 0 && eventsPerSecond <= demoRateMax)) {
    throw new RangeError(`eventsPerSecond: expected more than 0 and at most ${demoRateMax}, got ${eventsPerSecond}`)
  }
  return encodeVersioned(1, control)
}
export const decodeDemoControl = (bytes: Uint8Array): DemoControl => decodeVersioned(1, bytes, 'demo control')
export const encodeDemoProgress = (progress: DemoProgress): Uint8Array => encodeVersioned(1, progress)
export const decodeDemoProgress = (bytes: Uint8Array): DemoProgress => decodeVersioned(1, bytes, 'demo progress')
