import { createRequire } from 'node:module'

interface RequestQueue {
  pending: unknown[]
  throttledUntil: number
  scheduleCheckPendingRequests(): void
}

const require = createRequire(import.meta.url)
const patched = Symbol.for('pickstream.quietRequestQueue')

/**
 * Patch of kafkajs 2.2.4 (tulios/kafkajs#1556, #1704, #1751): after every answered request, its queue sets a timer
 * with a negative delay that only sets the next one: a loop of one turn per millisecond and connection for as long as
 * the process runs (about 4 % of a core each), and a TimeoutNegativeWarning on Node 24. The check is only needed
 * while requests wait or the broker throttles. Safe to call more than once.
 */
export function quietRequestQueues(): void {
  const { prototype } = require('kafkajs/src/network/requestQueue') as {
    prototype: RequestQueue & { [patched]?: true }
  }
  if (prototype[patched]) return
  const schedule = prototype.scheduleCheckPendingRequests
  prototype.scheduleCheckPendingRequests = function (this: RequestQueue) {
    if (this.pending.length > 0 || this.throttledUntil > Date.now()) schedule.call(this)
  }
  prototype[patched] = true
}
