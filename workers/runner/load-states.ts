import type { Stage, States } from './stage.ts'

/** Maximum estimated bytes of the states that one slice loads, for stages with `stateBytes`; a single state may be larger. */
export const sliceStateBytesMax = 64 * 1024 * 1024

/** Maximum keys whose states are loaded in one call, for stages with `stateBytes`. */
export const loadedKeysMax = 256

/**
 * Loads the states of a slice's owners; for a stage with `stateBytes`, at most `loadedKeysMax` at a time.
 *
 * @returns undefined if they exceed `sliceStateBytesMax` and there are at least two owners: then the slice must be
 * divided
 */
export async function loadStates<State>(
  stage: Pick<Stage<never, State, never>, 'stateBytes'>,
  owners: ReadonlySet<string>,
  states: States<State>,
): Promise<Map<string, State> | undefined> {
  const keys = [...owners]
  if (stage.stateBytes === undefined) return new Map(await states.load(keys))
  const known = new Map<string, State>()
  let bytes = 0
  for (let at = 0; at < keys.length; at += loadedKeysMax) {
    for (const [key, state] of await states.load(keys.slice(at, at + loadedKeysMax))) {
      known.set(key, state)
      bytes += stage.stateBytes(state)
    }
    if (bytes > sliceStateBytesMax && keys.length > 1) return undefined
  }
  return known
}
