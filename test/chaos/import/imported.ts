import { decodeHistoryEvent } from '../../../schema/records/history.ts'
import { decodeList, type UserList } from '../../../schema/records/list.ts'
import { tables } from '../../../schema/tables.ts'
import { recordsWaiting } from '../checks/waiting.ts'
import type { Findings } from '../findings.ts'
import type { Ports } from '../world.ts'

/** What an import has led to. */
export interface Imported {
  /** By user: the ids of the events that counted, in their order. */
  readonly events: ReadonlyMap<string, readonly string[]>
  readonly picks: ReadonlyMap<string, UserList>
}

/** @throws Error where a stage was stopped before it was through: what it would have done cannot be compared. */
export async function importedIn({ log, store }: Ports): Promise<Imported> {
  for (const [stage, records] of await recordsWaiting(log, ['embed', 'learn', 'recommend', 'sink']))
    if (records > 0) throw new Error(`${stage} was stopped with ${records} records waiting`)
  const places = new Map<string, (readonly [cluster: string, eventId: string])[]>()
  for await (const rows of store.scan(tables.eventsByUser)) {
    for (const { partition, cluster = '', value } of rows) {
      const events = places.get(partition) ?? []
      if (events.length === 0) places.set(partition, events)
      events.push([cluster, decodeHistoryEvent(value).eventId])
    }
  }
  const events = new Map<string, string[]>()
  for (const [user, rows] of places) {
    rows.sort(([a], [b]) => (a < b ? -1 : 1))
    events.set(
      user,
      rows.map(([, eventId]) => eventId),
    )
  }
  const picks = new Map<string, UserList>()
  for await (const rows of store.scan(tables.listsByUser)) {
    for (const { partition, value } of rows) picks.set(partition, decodeList(value))
  }
  return { events, picks }
}

const examplesMax = 5

/** Whether the same events counted, in the same order of each user, and led to the same lists. */
export function compareImports(found: Imported, calm: Imported, findings: Findings): void {
  for (const [user, wanted] of calm.events) {
    const ids = found.events.get(user) ?? []
    const distinct = new Set(ids)
    findings.add('lost', `${user} lacks events`, wanted.filter((id) => !distinct.has(id)).length)
    findings.add('doubled', `${user} has events twice`, ids.length - distinct.size)
    if (ids.length === wanted.length && ids.some((id, n) => id !== wanted[n]))
      findings.add('diverged', `the order of the events of ${user}`)
  }
  const strangers = [...found.events.keys()].filter((user) => !calm.events.has(user))
  findings.add('doubled', `users that are in no file: ${strangers.slice(0, examplesMax).join(', ')}`, strangers.length)
  compareLists(found, calm, findings)
  const counts = [found, calm].map(({ events }) => [...events.values()].reduce((sum, ids) => sum + ids.length, 0))
  findings.note(`${counts[0]} events of ${found.events.size} users counted, in the calm import ${counts[1]}`)
}

function compareLists(found: Imported, calm: Imported, findings: Findings): void {
  let others = 0
  let top10 = 0
  let scoresOnly = 0
  for (const user of new Set([...found.picks.keys(), ...calm.picks.keys()])) {
    const [a, b] = [found.picks.get(user), calm.picks.get(user)]
    if (inWords(a) === inWords(b)) continue
    others++
    if (itemsOf(a, 10) !== itemsOf(b, 10)) top10++
    if (itemsOf(a) === itemsOf(b)) scoresOnly++
    if (others <= examplesMax) findings.add('diverged', `list of ${user}: ${firstDifference(inWords(a), inWords(b))}`)
    else findings.add('diverged', `list of ${user}`)
  }
  findings.note(
    `${found.picks.size} lists, in the calm import ${calm.picks.size}: ${others} are not the same, ${scoresOnly} of them in scores alone; of ${top10} the first ten items differ`,
  )
}

const itemsOf = (list: UserList | undefined, count?: number): string =>
  (list?.unseen ?? [])
    .slice(0, count)
    .map(({ itemId }) => itemId)
    .join(' ')

/** The list without its place in the log, which a record that was sent twice moves. */
function inWords(picks: UserList | undefined): string {
  if (picks === undefined) return 'none'
  const { unseen, seen, personalized, causedByEventId } = picks
  const [asShown, asSeen] = [unseen, seen].map((list) =>
    list.map(({ itemId, score, reason }) => `${itemId} ${score.toPrecision(4)} ${reason.kind}`),
  )
  return JSON.stringify({ personalized, causedByEventId, asShown, asSeen })
}

function firstDifference(a: string, b: string): string {
  let at = 0
  while (at < a.length && a[at] === b[at]) at++
  const from = Math.max(0, at - 40)
  return `...${a.slice(from, at + 60)} instead of ...${b.slice(from, at + 60)}`
}
