import { performance } from 'node:perf_hooks'
import { getHeapStatistics, setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

/** What a second of a thread was like. */
export interface IdleSample {
  /** Share of the second in which the event loop was busy, 0..1. */
  readonly utilization: number
  /** Bytes that the heap holds from the system, with or without something in them. */
  readonly heapBytes: number
}

interface IdleState {
  /** Seconds without load, in a row. */
  readonly idleSeconds: number
  /** Size of the heap after the last collection; 0 before the first. */
  readonly collectedBytes: number
}

const idleUtilizationMax = 0.1
const idleSecondsMin = 6
/** A heap that has grown by less is not worth a collection: while visitors come now and then, each would feel the pause. */
const grownBytesMin = 8_000_000
const grownShareMin = 0.5
/** A collection stops the thread for about a millisecond per MB that lives: larger heaps are left to V8. */
const heapBytesMax = 256_000_000

export const initialIdleState: IdleState = { idleSeconds: 0, collectedBytes: 0 }

/** @returns the next state, and whether to collect now; then `afterCollection` is to follow */
export function decideCollection(
  state: IdleState,
  { utilization, heapBytes }: IdleSample,
): { readonly state: IdleState; readonly collect: boolean } {
  const idleSeconds = utilization <= idleUtilizationMax ? state.idleSeconds + 1 : 0
  const grown = heapBytes - state.collectedBytes >= Math.max(grownBytesMin, grownShareMin * state.collectedBytes)
  const collect = idleSeconds >= idleSecondsMin && grown && heapBytes <= heapBytesMax
  return { state: { ...state, idleSeconds }, collect }
}

export const afterCollection = (heapBytes: number): IdleState => ({ idleSeconds: 0, collectedBytes: heapBytes })

/**
 * Collects this thread's garbage once it has been idle for six seconds, after the start and after each load. V8's own memory
 * reducer does not run in a thread that polls, since a few hundred kB of garbage a second count as load: without this, the
 * heap would stay resident at its greatest size.
 */
export function collectWhenIdle(): void {
  let state = initialIdleState
  let loop = performance.eventLoopUtilization()
  const look = () => {
    const now = performance.eventLoopUtilization()
    const { utilization } = performance.eventLoopUtilization(now, loop)
    loop = now
    const decision = decideCollection(state, { utilization, heapBytes: getHeapStatistics().total_heap_size })
    state = decision.state
    if (!decision.collect) return
    collectCompacting()
    state = afterCollection(getHeapStatistics().total_heap_size)
  }
  setInterval(look, 1_000).unref()
}

/**
 * Collects the garbage of this thread and moves what lives together, so that whole pages go back to the system: after a load
 * half of a heap is holes. Node has no function for it. V8's is in contexts made after `--expose-gc`; flags are those of all
 * threads, so a collection of another thread that falls into this one compacts too.
 */
export function collectCompacting(): void {
  setFlagsFromString('--expose-gc')
  setFlagsFromString('--compact-on-every-full-gc')
  try {
    runInNewContext('gc()')
  } finally {
    setFlagsFromString('--no-compact-on-every-full-gc')
  }
}
