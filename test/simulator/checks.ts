import type { LogRecord, StoredRecord } from '../../platform/ports/event-log.ts'
import { decodeHistoryEvent } from '../../schema/records/history.ts'
import { decodeItem } from '../../schema/records/item.ts'
import { decodeSideDelta, decodeSideRow, deltasIn, type StoredSideRow } from '../../schema/records/item-side.ts'
import { decodeList, type UserList } from '../../schema/records/list.ts'
import { placeOf as placeOfList } from '../../schema/records/placed.ts'
import { decodeUserState } from '../../schema/records/user-state.ts'
import { type Table, tables } from '../../schema/tables.ts'
import { topics } from '../../schema/topics.ts'
import { expectedOf } from './oracle.ts'
import type { World } from './world.ts'

type Report = (problem: string) => void

/** Compares the world after a history with the undisturbed one over the same log, and both with what the log means. */
export function compare(world: World, calm: World, report: Report): void {
  for (const table of [tables.userStates, tables.eventIds, tables.eventsByUser, tables.items]) {
    sameRows(table, world, calm, report)
  }
  samePicks(world, calm, report)
  sameDeltas(world, calm, report)
  sameRowsOfItems(world, calm, report)
  asTheLogSays(world, report)
  backfillIsFed(world, report)
}

/** Every record of the backfill stands in topic interactions, those of one user for the first time in their order. */
function backfillIsFed(world: World, report: Report): void {
  const places = new Map<string, number>()
  for (const { headers, partition, offset } of world.records(topics.interactions)) {
    if (headers.backfill && !places.has(headers.backfill)) places.set(headers.backfill, offset)
    if (headers.backfill && !headers.backfill.startsWith(`${partition}/`)) report(`${headers.backfill} has moved`)
  }
  const last = new Map<string, number>()
  for (const { key, partition, offset } of world.records(topics.backfill)) {
    const place = places.get(`${partition}/${offset}`)
    if (place === undefined) report(`the backfill's ${partition}/${offset} was not fed`)
    else if (place < (last.get(key) ?? -1))
      report(`the backfill's ${partition}/${offset} overtook an older one of ${key}`)
    if (place !== undefined) last.set(key, place)
  }
}

/** Without anybody's asking for a new list: the one that is stored has seen the newest record that changed its user. */
export function listsAreNewest(world: World, report: Report): void {
  const states = world.store.rows(tables.userStates)
  const lists = world.store.rows(tables.listsByUser)
  for (const [key, bytes] of states) {
    const { changed } = decodeUserState(bytes)
    const list = lists.get(key)
    if (list === undefined) {
      report(`lists_by_user: ${key} has no list`)
      continue
    }
    const picks = decodeList(list)
    if (picks.position.offset !== changed) {
      report(`lists_by_user: the list of ${key} has seen ${picks.position.offset}, its user changed at ${changed}`)
    }
  }
  for (const key of lists.keys()) if (!states.has(key)) report(`lists_by_user: there is a list of ${key}, and no state`)
}

function sameRows(table: Table, world: World, calm: World, report: Report): void {
  const found = world.store.rows(table)
  const wanted = calm.store.rows(table)
  for (const [key, value] of wanted) {
    const other = found.get(key)
    if (other === undefined) report(`${table.name}: ${key} is missing`)
    else if (!Buffer.from(other).equals(value)) report(`${table.name}: ${key} differs`)
  }
  for (const key of found.keys()) if (!wanted.has(key)) report(`${table.name}: ${key} should not be there`)
}

function samePicks(world: World, calm: World, report: Report): void {
  const found = world.store.rows(tables.listsByUser)
  const wanted = calm.store.rows(tables.listsByUser)
  for (const key of new Set([...found.keys(), ...wanted.keys()])) {
    const [a, b] = [found.get(key), wanted.get(key)].map((bytes) => bytes && comparable(decodeList(bytes)))
    if (a !== b) report(`lists_by_user: ${key} is ${a}, should be ${b}`)
  }
}

/** Everything but the label `computedAt`; items of one score may stand in any order, since replicas number them in theirs. */
function comparable({ computedAt: _, unseen, seen, ...rest }: UserList): string {
  const inOrder = (list: UserList['unseen']) =>
    list
      .map(({ itemId, score, reason }) => ({ itemId, score: score.toPrecision(5), kind: reason.kind }))
      .sort((a, b) => Number(b.score) - Number(a.score) || (a.itemId < b.itemId ? -1 : 1))
  return JSON.stringify({ ...rest, fresh: inOrder(unseen), seen: inOrder(seen) })
}

/** By source and row, in the order of their first arrival: what an undisturbed embed stage emits, no more and no less. */
function sameDeltas(world: World, calm: World, report: Report): void {
  const read = (records: readonly LogRecord[]) => {
    const bySource = new Map<string, Map<number, string>>()
    for (const { key, value } of records) {
      if (value === null) continue
      const { source, delta } = decodeSideDelta(key, value)
      const name = `${source.partition} → ${key}`
      const deltas = bySource.get(name) ?? new Map<number, string>()
      bySource.set(name, deltas)
      if (!deltas.has(source.offset)) deltas.set(source.offset, JSON.stringify(delta))
    }
    return bySource
  }
  const found = read(world.records(topics.sideDeltas))
  const wanted = read(calm.log.topic(topics.sideDeltas).frozen ?? [])
  for (const name of new Set([...found.keys(), ...wanted.keys()])) {
    const [a, b] = [found.get(name), wanted.get(name)].map((deltas) => JSON.stringify([...(deltas ?? [])]))
    if (a !== b) report(`side-deltas: ${name} is ${a}, should be ${b}`)
  }
}

function sameRowsOfItems(world: World, calm: World, report: Report): void {
  const found = newestRows(world)
  const wanted = newestRows(calm)
  for (const key of new Set([...found.keys(), ...wanted.keys()])) {
    const [a, b] = [found.get(key), wanted.get(key)].map((row) => JSON.stringify(row))
    if (a !== b) report(`side-rows: ${key} is ${a}, should be ${b}`)
  }
}

function newestRows(world: World): Map<string, StoredSideRow> {
  const rows = new Map<string, StoredSideRow>()
  for (const { key, value } of world.records(topics.sideRows)) {
    if (value === null) continue
    const row = decodeSideRow(key, value)
    const known = rows.get(key)
    if (known === undefined || deltasIn(known) <= deltasIn(row)) rows.set(key, row)
  }
  return rows
}

function asTheLogSays(world: World, report: Report): void {
  const partitions = world.log.topic(topics.interactions).partitions.length
  const expected = expectedOf(world.records(topics.interactions), partitions)
  const { archived, unknown, dead, notForwarded, unchanged } = expected
  for (const place of notForwarded) report(`${place} was not forwarded to its user's partition`)

  for (const { key, value } of world.records(topics.lists)) {
    if (value === null) continue
    const { partition, offset } = placeOfList(value).position
    if (unchanged.has(`${partition}/${offset}`)) report(`a list of ${key} was made at ${offset}, which changed nothing`)
  }

  const events = [...world.store.rows(tables.eventsByUser)].map(([key, value]) => {
    return `${key.slice(0, key.lastIndexOf('/'))}/${decodeHistoryEvent(value).eventId}`
  })
  for (const event of archived) if (!events.includes(event)) report(`the archive lacks ${event}`)
  events.forEach((event, n) => {
    if (!archived.has(event)) report(`the archive should not have ${event}`)
    if (events.indexOf(event) !== n) report(`the archive has ${event} twice`)
  })

  for (const user of unknown) {
    for (const table of [tables.userStates, tables.eventIds, tables.eventsByUser, tables.listsByUser]) {
      for (const key of world.store.rows(table).keys()) {
        if (key.startsWith(`${user}/`)) report(`${table.name} still knows ${user}`)
      }
    }
    for (const topic of [topics.userVectors, topics.lists] as const) {
      const last = world.records(topic).findLast(({ key }) => key === user)
      if (last !== undefined && last.value !== null) report(`topic ${topic} still knows ${user}`)
    }
  }

  const set = new Set(world.records(topics.deadLetter).map(cameFrom))
  const items = world.records(topics.items)
  const bad = new Set([...dead, ...items.filter(isBadItem).map(placeOf)])
  const kept = new Set(items.map(placeOf))
  for (const place of bad) if (!set.has(place)) report(`${place} is no dead letter`)
  const isCompacted = (place: string) => place.startsWith(`${topics.items}/`) && !kept.has(place)
  for (const place of set) if (!bad.has(place) && !isCompacted(place)) report(`${place} should be no dead letter`)
  for (const { headers } of world.records(topics.deadLetter)) {
    if (!headers['dead-reason']) report(`the dead letter of ${headers['dead-offset']} has no reason`)
  }
}

const placeOf = ({ topic, partition, offset }: StoredRecord) => `${topic}/${partition}/${offset}`
const cameFrom = ({ headers }: StoredRecord) =>
  `${headers['dead-topic']}/${headers['dead-partition']}/${headers['dead-offset']}`

function isBadItem({ key, value }: StoredRecord): boolean {
  try {
    if (value !== null) decodeItem(key, value)
    return false
  } catch {
    return true
  }
}
