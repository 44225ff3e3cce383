import { expect } from 'vitest'
import { partitionOf } from '../../platform/partitioner.ts'
import { encodeInteraction } from '../../schema/records/interaction.ts'
import { topics } from '../../schema/topics.ts'
import type { Harness } from '../support/server-harness.ts'
import { eventually } from '../support/start-process.ts'

const farOffset = 9e14
const userId = 'forged'

/**
 * A writer forges the headers of copies, with offsets that everything genuine stands before, for a user of whose events one
 * is then forwarded and one comes through the backfill. Believed, the forged ones made both of these second copies.
 */
export async function checkForgedSources(shop: Harness, partitions: number): Promise<void> {
  const home = partitionOf(userId, partitions)
  expect(partitionOf('', partitions), 'a record without a key is to be forwarded').not.toBe(home)
  const eventOf = (eventId: string) =>
    encodeInteraction({
      v: 1,
      kind: 'event',
      eventId,
      userId,
      itemId: 'item-1',
      type: 'VIEW',
      timestamp: '2026-01-01T00:00:00Z',
    })
  const idsOf = async (u = userId): Promise<string[]> => {
    const query = 'query($u: ID!) { user(id: $u) { events(first: 100) { edges { node { eventId } } } } }'
    const { data } = await shop.ask(query, { u })
    return (data.user?.events.edges ?? []).map((edge: { node: { eventId: string } }) => edge.node.eventId).sort()
  }
  const write = (topic: typeof topics.interactions | typeof topics.backfill, key: string, ...forged: object[]) =>
    shop.log.append(
      topic,
      forged.map((headers, n) => ({ key, value: eventOf(`${topic}/${key}/${n}`), headers: { ...headers } })),
    )

  const anyPartition = Array.from({ length: partitions }, (_, n) => ({ 'forwarded-from': `${n}/${farOffset}` }))
  const sources = [...anyPartition, { backfill: `${home}/${farOffset}`, 'copy-mac': 'AAAAAAAAAAAAAAAA' }]
  await write(topics.interactions, userId, ...sources)
  await eventually(async () => (await idsOf()).length === sources.length, 300)
  await write(topics.interactions, '', {})
  await write(topics.backfill, userId, { 'forwarded-from': `${home}/${farOffset}` })
  await eventually(async () => (await idsOf()).length === sources.length + 2, 300)

  const records = await shop.log.read(topics.interactions, home, 0, 10_000)
  const copies = records.filter(({ headers }) => /^[\w-]{16}$/.test(headers['copy-mac'] ?? ''))
  expect(copies.map(({ headers }) => Object.keys(headers).sort())).toEqual(
    expect.arrayContaining([expect.arrayContaining(['copy-mac', 'forwarded-from'])]),
  )
  const unverified = async () => {
    const metrics = await (await fetch(new URL('/metrics', shop.url))).text()
    const counts = metrics.matchAll(/pickstream_stage_unverified_total\{stage="embed",[^}]*\} (\d+)/g)
    return [...counts].reduce((sum, [, count]) => sum + Number(count), 0)
  }
  await eventually(async () => (await unverified()) === sources.length, 100)
  await checkForgedLogin(shop, idsOf)
}

/** A writer gives the user's history to another, who may read it: the record is a dead letter, directly or by the backfill. */
async function checkForgedLogin(shop: Harness, idsOf: (userId?: string) => Promise<string[]>): Promise<void> {
  const before = await idsOf()
  const login = encodeInteraction({ v: 1, kind: 'identify', userId, into: 'thief' })
  await shop.log.append(topics.interactions, [{ key: userId, value: login }])
  await shop.log.append(topics.backfill, [{ key: userId, value: login, headers: { 'internal-mac': 'A'.repeat(16) } }])
  const reasons = async (): Promise<string[]> => {
    const { data } = await shop.ask('{ deadLetters { reason } }')
    return data.deadLetters.map(({ reason }: { reason: string }) => reason)
  }
  const refused = 'header internal-mac: expected the signature of this installation on a record of kind "identify"'
  await eventually(async () => (await reasons()).filter((reason) => reason.startsWith(refused)).length === 2, 300)
  expect(await idsOf()).toEqual(before)
  expect(await idsOf('thief')).toEqual([])
}
