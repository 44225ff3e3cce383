/** What one kind of fault led to, over all its times. */
export interface FaultResult {
  readonly name: string
  times: number
  /** Acknowledged events that are not counted. */
  lost: number
  /** Events counted twice, or that were taken back and are still there. */
  doubled: number
  /** Revisions older than one that was seen before: stored, queried or pushed. */
  stale: number
  /** Lists, states and subscribers that do not end as the undisturbed run does. */
  diverged: number
  /** Refusals without a code, and retriable ones that never succeeded. */
  refused: number
  /** Lag, memory or the time of a push that did not return to normal, or stay near it. */
  notRecovered: number
}

type Kind = 'lost' | 'doubled' | 'stale' | 'diverged' | 'refused' | 'notRecovered'

const detailsMax = 20

/** Collects what does not hold, under the fault that is the newest one. */
export class Findings {
  readonly faults: FaultResult[] = []
  /** The first few problems, in words. */
  readonly details: string[] = []
  /** Figures that were measured on the way. */
  readonly notes: string[] = []
  private current: FaultResult | undefined

  constructor(private readonly say: (text: string) => void) {}

  begin(fault: string, times = 1): void {
    this.current = this.of(fault)
    this.current.times += times
  }

  add(kind: Kind, detail: string, count = 1): void {
    if (count <= 0) return
    const fault = (this.current ??= this.of('the start'))
    fault[kind] += count
    if (this.details.length < detailsMax) this.details.push(`${fault.name}: ${kind}: ${detail}`)
    this.say(`DOES NOT HOLD after "${fault.name}": ${kind}: ${detail}`)
  }

  note(text: string): void {
    this.notes.push(text)
  }

  get holds(): boolean {
    return this.faults.every(holdsFor)
  }

  private of(name: string): FaultResult {
    const known = this.faults.find((fault) => fault.name === name)
    if (known) return known
    const zero = { lost: 0, doubled: 0, stale: 0, diverged: 0, refused: 0, notRecovered: 0 }
    const fault = { name, times: 0, ...zero }
    this.faults.push(fault)
    return fault
  }
}

export const holdsFor = ({ lost, doubled, stale, diverged, refused, notRecovered }: FaultResult): boolean =>
  lost + doubled + stale + diverged + refused + notRecovered === 0
