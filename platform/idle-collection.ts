import { performance } from 'node:perf_hooks'
import { getHeapStatistics, setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

/** Measurement of one second of a thread. */
export interface IdleSample {
  /** Share of the second in which the event loop was busy, 0 to 1. */
  readonly utilization: number
  /** Bytes that the heap has reserved from the system, used or not. */
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
/** A heap that has grown by less is not collected: on a site with few visitors, each would wait for the pause. */
const grownBytesMin = 8_000_000
const grownShareMin = 0.5
/** A collection stops the thread for about a millisecond per live MB: larger heaps are left to V8. */
const heapBytesMax = 256_000_000

export const initialIdleState: IdleState = { idleSeconds: 0, collectedBytes: 0 }

/** @returns the next state, and whether to collect now; the caller then continues with `afterCollection` */
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
 * Collects this thread's garbage once it has been idle for six seconds, after the start and after each period of
 * load. V8's own memory reducer does not run in a thread that polls, since it counts a few hundred kB of garbage per
 * second as load: without this function, the heap would stay resident at its maximum size.
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
 * Collects the garbage of this thread and compacts its heap, so that whole pages are returned to the system: after
 * load, half of a heap is fragmented. Node has no function for it. V8's function exists in contexts that are created
 * after `--expose-gc`; flags apply to all threads, so a concurrent collection of another thread compacts too.
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
