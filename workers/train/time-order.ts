import type { TrainingLog } from '../../engine/train/log.ts'

type Column = Int32Array | Uint8Array | Float32Array | Float64Array

/**
 * Sorts the newest `eventsMax` events by time; events of equal time keep their order. Changes the columns of `log`,
 * because a copy would double the memory of a training. To be called in the training thread: a million events take a
 * second.
 */
export function inTimeOrder(log: TrainingLog, eventsMax: number): TrainingLog {
  const { times, portions, seconds } = log
  const order = Int32Array.from({ length: log.size }, (_, n) => n)
  order.sort((a, b) => times[a]! - times[b]! || a - b)
  const kept = order.subarray(Math.max(0, order.length - eventsMax))
  return {
    ...log,
    size: kept.length,
    users: reordered(log.users, kept),
    items: reordered(log.items, kept),
    types: reordered(log.types, kept),
    values: reordered(log.values, kept),
    quantities: reordered(log.quantities, kept),
    times: reordered(times, kept),
    ...(portions && { portions: reordered(portions, kept) }),
    ...(seconds && { seconds: reordered(seconds, kept) }),
  }
}

function reordered<C extends Column>(column: C, kept: Int32Array): C {
  const given = column.slice()
  for (let n = 0; n < kept.length; n++) column[n] = given[kept[n]!]!
  return column.subarray(0, kept.length) as C
}
