import type { UserList } from '../../../schema/records/list.ts'
import type { RankedItem } from '../../../schema/records/ranked-list.ts'
import type { StoredUserState } from '../../../schema/records/user-state.ts'
import type { Findings } from '../findings.ts'
import type { Recorded } from './recorded.ts'

/** Whether states and lists are those of the undisturbed run over the same log. */
export function checkConverged(found: Recorded, wanted: Recorded, findings: Findings): void {
  sameOffsets(found, wanted)
  compareAll(found.states, wanted.states, stateInWords, (detail) => findings.add('diverged', `state of ${detail}`))
  compareAll(found.picks, wanted.picks, listInWords, (detail) => findings.add('diverged', `list of ${detail}`))
}

/** Else the comparison would say nothing. */
function sameOffsets({ interactions }: Recorded, { interactions: others }: Recorded): void {
  const places = (records: Recorded['interactions']) => records.map(({ partition, offset }) => `${partition}/${offset}`)
  const [a, b] = [places(interactions), places(others)]
  const differs = a.findIndex((place, n) => place !== b[n])
  if (a.length !== b.length || differs >= 0) {
    throw new Error(`the log was not copied record by record: ${a.length} and ${b.length}, first ${a[differs]}`)
  }
}

function compareAll<Row>(
  found: ReadonlyMap<string, Row>,
  wanted: ReadonlyMap<string, Row>,
  inWords: (row: Row) => string,
  report: (detail: string) => void,
): void {
  for (const user of new Set([...found.keys(), ...wanted.keys()])) {
    const [a, b] = [found.get(user), wanted.get(user)].map((row) => row && inWords(row))
    if (a !== b) report(`${user}: ${firstDifference(a, b)}`)
  }
}

function firstDifference(a = 'none', b = 'none'): string {
  let at = 0
  while (at < a.length && a[at] === b[at]) at++
  const from = Math.max(0, at - 60)
  return `...${a.slice(from, at + 80)} instead of ...${b.slice(from, at + 80)}`
}

const stateInWords = ({ recentIds, ...state }: StoredUserState): string =>
  JSON.stringify({ ...state, recentIds: Buffer.from(recentIds).toString('base64') })

/** Everything but the label `computedAt`. Sums of single precision may differ in their last digits. */
function listInWords({ computedAt: _, rankedAt: __, unseen, seen, ...rest }: UserList): string {
  return JSON.stringify({ ...rest, fresh: ranked(unseen), seen: ranked(seen) })
}

function ranked(list: readonly RankedItem[]) {
  return list
    .map(({ itemId, score, reason }) => ({ itemId, score: score.toPrecision(4), kind: reason.kind }))
    .sort((a, b) => Number(b.score) - Number(a.score) || (a.itemId < b.itemId ? -1 : 1))
}
