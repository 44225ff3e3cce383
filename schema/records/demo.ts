import { decodeVersioned, encodeVersioned } from './codec.ts'

/**
 * Topic `demo-control`, key `demo/control`: what the simulated shoppers of the demo shop shall do. Whoever wants another pace
 * appends a record (the newest counts); the demo follows the topic and obeys within a quarter of a second.
 */
export interface DemoControl {
  readonly paused: boolean
  /** Events a second while not paused. */
  readonly eventsPerSecond: number
}

export const demoControlKey = 'demo/control'
export const demoRateMax = 500
export const demoControlDefault: DemoControl = { paused: false, eventsPerSecond: 3 }

/** Topic `demo-control`, key `demo/progress`: written by the demo alone, so that a second start goes on where the first was. */
export interface DemoProgress {
  /** Until when the generated past reaches, ms: fixed at the first start. */
  readonly openedAt: number
  readonly itemsLoaded: boolean
  /** Events of the generated past that are in the log. */
  readonly pastEvents: number
  /** How many there will be. */
  readonly pastEventsTotal: number
}

export const demoProgressKey = 'demo/progress'

/** @throws RangeError when the rate is not one the demo can keep */
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
