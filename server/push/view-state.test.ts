import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { ListEntry } from '../lists/list-cache.ts'
import {
  type Built,
  behindRetriesMax,
  newView,
  retryMsMax,
  retryMsMin,
  type Shown,
  stepView,
  type ViewEffect,
  type ViewEvent,
  type ViewState,
} from './view-state.ts'

const erased = { offset: 1, epoch: 0, backfilled: -1 }
/** Every fourth revision is an erasure. */
const entryOf = (revision: number): ListEntry => ({
  list: undefined,
  revision: BigInt(revision),
  ...(revision % 4 === 3 && { erased }),
})

/** What lists show: a revision. What pages show: none, and the same for two revisions. */
type Kind = 'list' | 'page'
const shownOf = (kind: Kind, { revision }: ListEntry, catalog: number): Shown =>
  kind === 'list'
    ? { revision: String(revision).padStart(3, '0'), label: null, items: [String(revision), String(catalog)] }
    : { revision: '', label: `${revision / 2n} ${catalog}`, items: [] }

/** A view, with all that its driver would hold: what it was told to do and has not answered yet. */
class Driven {
  state: ViewState = newView
  reading = 0
  building: { readonly entry: ListEntry; readonly catalog: number; readonly mayRepeat: boolean } | undefined
  retrying = 0
  refreshed = 0
  newestBuilt = -1n
  readonly emitted: Shown[] = []
  private catalog = 0
  private newest = 0
  private isRepeatWanted = false

  constructor(private readonly kind: Kind) {
    this.tell({ type: 'wanted', wanted: 'compare' })
  }

  tell(event: ViewEvent<Shown>): void {
    const { state, effects } = stepView(this.state, event)
    this.state = state
    for (const effect of effects) this.carryOut(effect)
    expect([this.reading, this.retrying].every((count) => count <= 1)).toBe(true)
    expect(state.isReading).toBe(this.reading === 1)
    const isIdle = this.reading + this.retrying === 0 && !this.building
    if (isIdle) expect([state.next, state.wanted]).toEqual([undefined, undefined])
  }

  record(revision: number): void {
    this.newest = Math.max(this.newest, revision)
    this.tell({ type: 'record', entry: entryOf(revision) })
  }

  want(wanted: 'compare' | 'repeat'): void {
    if (wanted === 'repeat') this.isRepeatWanted = true
    this.tell({ type: 'wanted', wanted })
  }

  changeCatalog(): void {
    this.catalog++
    this.want('compare')
  }

  /** @param behind how many revisions the store is behind; -1: the read fails */
  answerRead(behind: number): void {
    if (this.reading === 0) return
    this.reading--
    if (behind < 0) this.tell({ type: 'readFailed' })
    else this.tell({ type: 'read', entry: this.stored(behind) })
  }

  answerBuild(how: 'well' | 'behind' | 'badly'): void {
    const { building, kind } = this
    if (!building) return
    this.building = undefined
    if (how === 'badly') {
      if (building.mayRepeat) this.isRepeatWanted = true
      this.tell({ type: 'buildFailed' })
      return
    }
    const shown = shownOf(kind, building.entry, building.catalog)
    const before = this.emitted.length
    this.tell({ type: 'built', built: { value: shown, shown, isBehind: how === 'behind' } })
    if (building.mayRepeat) expect(this.emitted.length).toBe(before + 1)
  }

  passTime(): void {
    if (this.retrying === 0) return
    this.retrying--
    this.tell({ type: 'retryDue' })
  }

  /** Nothing fails any more, and the store has all of it. */
  settle(): Shown {
    for (let n = 0; this.reading + this.retrying > 0 || this.building; n++) {
      expect(n).toBeLessThan(10)
      this.answerRead(0)
      this.answerBuild('well')
      this.passTime()
    }
    return shownOf(this.kind, entryOf(this.newest), this.catalog)
  }

  /** The store does not have an erasure: it has nothing. */
  private stored(behind: number): ListEntry {
    const entry = entryOf(Math.max(0, this.newest - behind))
    return entry.erased ? entryOf(0) : entry
  }

  private carryOut(effect: ViewEffect<Shown>): void {
    if (effect.type === 'read') this.reading++
    else if (effect.type === 'retry') this.retrying++
    else if (effect.type === 'refresh') this.refreshed++
    else if (effect.type === 'build') this.begin(effect.entry)
    else this.take(effect)
  }

  private begin(entry: ListEntry): void {
    expect([this.building, this.state.hasRead]).toEqual([undefined, true])
    expect(entry.revision).toBeGreaterThanOrEqual(this.newestBuilt)
    this.newestBuilt = entry.revision
    this.building = { entry, catalog: this.catalog, mayRepeat: this.isRepeatWanted }
    this.isRepeatWanted = false
  }

  private take({ value, change }: Extract<ViewEffect<Shown>, { type: 'emit' }>): void {
    const before = this.emitted.at(-1)
    const { revision } = value
    expect(change).not.toBe('older')
    if (before === undefined) expect(change).toBe('newer')
    else {
      expect(revision >= before.revision).toBe(true)
      expect(change === 'newer').toBe(revision > before.revision)
      const differs = JSON.stringify(value) !== JSON.stringify(before)
      expect(change === 'none').toBe(!differs)
    }
    this.emitted.push(value)
  }
}

const anyStep: fc.Arbitrary<(view: Driven) => void> = fc.oneof(
  fc.nat(11).map((revision) => (view: Driven) => view.record(revision)),
  fc.integer({ min: -1, max: 3 }).map((behind) => (view: Driven) => view.answerRead(behind)),
  fc.constantFrom('well', 'behind', 'badly').map((how) => (view: Driven) => view.answerBuild(how)),
  fc.constant((view: Driven) => view.passTime()),
  fc.constant((view: Driven) => view.changeCatalog()),
  fc.constantFrom('compare', 'repeat').map((wanted) => (view: Driven) => view.want(wanted)),
)

const kinds = ['list', 'page'] as const

describe.each(kinds)('a %s', (kind) => {
  test('only gets newer, is emitted once, and ends with the newest, whatever happens in whatever order', () => {
    fc.assert(
      fc.property(fc.array(anyStep, { maxLength: 60 }), (steps) => {
        const view = new Driven(kind)
        for (const step of steps) step(view)
        const newest = view.settle()
        expect(view.emitted.at(-1)).toEqual(newest)
        expect(view.state).toMatchObject({ wanted: undefined, next: undefined, isRetrying: false })
      }),
      { numRuns: 500 },
    )
  })

  test('does nothing after it was closed, and holds nothing', () => {
    fc.assert(
      fc.property(fc.array(anyStep), fc.array(anyStep), (before, after) => {
        const view = new Driven(kind)
        for (const step of before) step(view)
        const { state, effects } = stepView(view.state, { type: 'closed' })
        expect(effects).toEqual([])
        view.state = state
        const { emitted, refreshed } = view
        const count = emitted.length
        for (const step of after) {
          Object.assign(view, { reading: 0, building: undefined, retrying: 0 })
          step(view)
        }
        expect([view.emitted.length, view.refreshed]).toEqual([count, refreshed])
        expect(view.state).toEqual({ ...newView, isClosed: true })
      }),
    )
  })
})

const aPage = (isBehind: boolean): Built<string> => ({
  value: 'page',
  shown: { revision: '', label: 'page', items: [] },
  isBehind,
})

/** Answers every read, build and retry; returns the delays of the retries. */
function retriesOf(state: ViewState, event: ViewEvent<string>, isBehind: (builds: number) => boolean): number[] {
  const delays: number[] = []
  const events = [event]
  let now = state
  for (let builds = 0; events.length > 0; ) {
    const { state: next, effects } = stepView(now, events.shift()!)
    now = next
    for (const effect of effects) {
      if (effect.type === 'read') events.push({ type: 'read', entry: entryOf(1) })
      if (effect.type === 'build') events.push({ type: 'built', built: aPage(isBehind(builds++)) })
      if (effect.type === 'retry') {
        delays.push(effect.afterMs)
        events.push({ type: 'retryDue' })
      }
    }
  }
  return delays
}

test('a page whose state stays behind is built again a few times, at growing intervals, and again after the next record', () => {
  const delays = retriesOf(newView, { type: 'wanted', wanted: 'compare' }, () => true)
  expect(delays).toEqual([100, 200, 400, 800, 1_600])
  expect(delays).toHaveLength(behindRetriesMax)
  expect(retriesOf(newView, { type: 'wanted', wanted: 'compare' }, (builds) => builds < 2)).toEqual([100, 200])
})

test('reads that fail are repeated at intervals that grow up to a bound', () => {
  let { state } = stepView<string>(newView, { type: 'wanted', wanted: 'compare' })
  const delays: number[] = []
  for (let n = 0; n < 8; n++) {
    const failed = stepView<string>(state, { type: 'readFailed' })
    expect(failed.effects.map(({ type }) => type)).toEqual(['retry'])
    for (const effect of failed.effects) if (effect.type === 'retry') delays.push(effect.afterMs)
    state = stepView<string>(failed.state, { type: 'retryDue' }).state
  }
  expect([delays[0], delays[1], delays.at(-1)]).toEqual([retryMsMin, 2 * retryMsMin, retryMsMax])
  expect(delays).toHaveLength(8)
})

test('what a later subscriber waits for is emitted where the first build of it fails, too', () => {
  const view = new Driven('list')
  const shown = view.settle()
  view.want('repeat')
  view.answerRead(0)
  view.answerBuild('badly')
  view.settle()
  expect(view.emitted).toEqual([shown, shown])
})

test('a read that is never answered does not hold up what the topic brings', () => {
  const view = new Driven('list')
  view.answerRead(0)
  view.answerBuild('well')
  view.want('repeat')
  expect(view.reading).toBe(1)
  view.record(4)
  view.answerBuild('well')
  expect(view.emitted.at(-1)).toEqual(shownOf('list', entryOf(4), 0))
})

test('who begins to look at a list has it refreshed; what else makes it again does not', () => {
  const view = new Driven('list')
  view.settle()
  view.want('compare')
  view.settle()
  expect(view.refreshed).toBe(1)
  view.want('repeat')
  view.settle()
  expect(view.refreshed).toBe(2)
})
