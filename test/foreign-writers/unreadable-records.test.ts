import { describe, expect, test } from 'vitest'
import { Recommender } from '../../engine/recommender.ts'
import { followReplica } from '../../platform/read-models/replica.ts'
import { followWatchedUsers } from '../../platform/watched-users.ts'
import { userHash } from '../../schema/causal-token.ts'
import { writerHeaders } from '../../schema/records/headers.ts'
import { encodeSideRow, type StoredSideRow } from '../../schema/records/item-side.ts'
import { encodeSpan } from '../../schema/records/span.ts'
import { encodeStageReport, type StageReport } from '../../schema/records/stage-status.ts'
import { encodeWatched } from '../../schema/records/watched.ts'
import { type TopicName, topics } from '../../schema/topics.ts'
import { EventTraces } from '../../server/operations/event-traces.ts'
import { learnRow } from '../../workers/learn/learn-row.ts'
import { rowStates } from '../../workers/learn/row-states.ts'
import { followServing } from '../../workers/train/serving.ts'
import { aQuietWorld } from '../support/drive.ts'

const nil = 0xc0
/** What another program may write to an internal topic. */
const unreadable = [
  [],
  [99, 1, 2, 3],
  [1],
  [1, nil],
  [1, 0xdf, 0xff, 0xff, 0xff, 0xff],
  [1, 0, 0, 0, 0, 0, 0, 0, 0, nil],
]

const delta = { key: 'i:tea', timestamp: 1_000, weight: 1, newUser: 1 as const, partners: [], inSession: 0 }
const row = learnRow([{ source: { partition: 0, offset: 3 }, delta }], undefined, { writer: 'me' })
  .state as StoredSideRow

/** A world and a topic in which unreadable records come before and after others. */
function aWorld(topic: TopicName) {
  const world = aQuietWorld()
  const append = (key: string, bytes: Uint8Array, headers = {}) =>
    world.until(world.log.append(topic, [{ key, value: bytes, headers }]))
  const spoil = async (key: string) => {
    for (const bytes of unreadable) await append(key, Uint8Array.from(bytes))
  }
  return { world, append, spoil }
}

describe('records that another program wrote to an internal topic are left out, and those after them are read', () => {
  test('side-rows, in a process that ranks', async () => {
    const { world, append, spoil } = aWorld(topics.sideRows)
    const { log, store } = world
    await spoil('i:tea')
    await append('i:tea', encodeSideRow(row), writerHeaders('me'))
    const reasons: string[] = []
    const onError = (error: unknown) => reasons.push(String(error))
    const replica = await world.until(followReplica({ log, store, recommender: new Recommender(), onError }))
    await world.until(replica.caughtUp)
    expect(replica.logTime()).toBe(1_000)
    expect(reasons).toHaveLength(unreadable.length)
    expect(reasons[1]).toBe(
      'Error: side-rows/0/1 was not written by Pickstream and is skipped: side-rows: expected format version 1, got 99',
    )
  })

  test('side-rows, in the learn stage, while it starts and while it runs', async () => {
    const { world, append, spoil } = aWorld(topics.sideRows)
    await spoil('i:tea')
    await append('i:tea', encodeSideRow(row), writerHeaders('me'))
    await spoil('i:tea')
    const states = rowStates(world.log, 'me')
    const found = await world.until(states(0).load(['i:tea']))
    expect(found.get('i:tea')?.sources).toEqual({ 0: 3 })
    await spoil('i:tea')
    await world.rest()
  })

  test('but a row of a learn stage of another release is not left out', async () => {
    const { world, append } = aWorld(topics.sideRows)
    await append('i:tea', Uint8Array.from([2, 1, 2, 3]), writerHeaders('newer'))
    await expect(world.until(rowStates(world.log, 'me')(0).load(['i:tea']))).rejects.toThrow(
      'side-rows: expected format version 1, got 2',
    )
  })

  test('spans', async () => {
    const { world, append, spoil } = aWorld(topics.spans)
    const traces = new EventTraces()
    await world.until(traces.follow(world.log))
    await spoil('t')
    const span = { traceId: 't', spanId: 's', parentSpanId: null, name: 'record', service: 'server' }
    await append('t', encodeSpan({ ...span, startMs: 1, endMs: 2, attributes: {} }))
    await world.rest()
    expect(traces.newest(9)).toHaveLength(1)
  })

  test('watched-users', async () => {
    const { world, append, spoil } = aWorld(topics.watched)
    const watched = await world.until(followWatchedUsers(world.log, world.clock))
    await spoil('')
    await append('', encodeWatched([userHash('ann')]))
    await world.rest()
    expect(watched.has('ann')).toBe(true)
  })

  test('stage-status, in the train stage', async () => {
    const { world, append, spoil } = aWorld(topics.stageStatus)
    await spoil('embed/me')
    const report = { stage: 'embed', instance: 'me', reportedAt: 5, modelVersion: 1 } as unknown as StageReport
    await append('embed/me', encodeStageReport(report))
    const serving = await world.until(followServing(world.log))
    await world.rest()
    expect(serving.instancesBehind(2, 0)).toMatchObject([report])
  })
})
