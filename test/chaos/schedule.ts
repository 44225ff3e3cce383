import type { Dice } from '../simulator/dice.ts'
import type { Fault } from './fault.ts'

/** Every fault once in some order, then by weight, for ever. */
export function* schedule<World>(faults: readonly Fault<World>[], dice: Dice): Generator<Fault<World>> {
  const once = [...faults]
  while (once.length > 0) yield once.splice(dice.int(once.length), 1)[0]!
  const weighted = faults.flatMap((fault) => Array.from({ length: fault.weight }, () => fault))
  for (;;) yield dice.pick(weighted)
}
