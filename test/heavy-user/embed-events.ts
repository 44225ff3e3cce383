import { openEmbedded } from '../../platform/embedded/open-embedded.ts'
import { systemClock as clock } from '../../platform/ports/clock.ts'
import { encodeInteraction } from '../../schema/records/interaction.ts'
import { RecordAuthenticator } from '../../schema/records/record-authenticator.ts'
import { topicSpecs, topics } from '../../schema/topics.ts'
import { userStates } from '../../workers/embed/user-states.ts'
import type { StageMeter } from '../../workers/runner/meter.ts'
import { runStage } from '../../workers/runner/run-stage.ts'
import { topology } from '../../workers/topology.ts'

/**
 * Writes purchases of distinct items by one user, if the log has none yet, and runs the embed stage over them. Prints
 * `done` with the events of the batch, and the reason of a batch that failed.
 *
 * Third argument: an item whose events end the process.
 */
const [dir, count, fatalItem] = process.argv.slice(2)
const { log, store } = await openEmbedded({ dir: dir! })
await log.createTopics(topicSpecs(1))
const [first] = await log.read(topics.interactions, 0, 0, 1)
for (let n = 0; first === undefined && n < Number(count); n += 1000) {
  const events = Array.from({ length: 1000 }, (_, k) => ({
    v: 1 as const,
    kind: 'event' as const,
    eventId: `event-${n + k}`,
    userId: 'ann',
    itemId: `invented-item-${n + k}`,
    type: 'PURCHASE' as const,
    timestamp: '2026-01-01T00:00:00Z',
  }))
  await log.append(
    topics.interactions,
    events.map((event) => ({ key: event.userId, value: encodeInteraction(event) })),
  )
}
const authenticator = new RecordAuthenticator(new Uint8Array(32))
const meter: StageMeter = {
  done: ({ records }) => void process.stdout.write(`done ${records.at(-1)!.offset + 1}\n`),
  forwarded: () => {},
  unverified: () => {},
  failed: (reason) => void process.stdout.write(`failed ${reason}\n`),
  report: () => {
    throw new Error('not reported here')
  },
}
const stage: typeof topology.embed = {
  ...topology.embed,
  run: (record, ...rest) => {
    if (record.kind === 'event' && record.itemId === fatalItem) process.kill(process.pid, 'SIGKILL')
    return topology.embed.run(record, ...rest)
  },
}
await runStage({
  stage,
  countsAttempts: true,
  openStates: userStates({ store, epoch: 0 }),
  context: () => ({ model: null, epoch: 0, partitions: 1, authenticator }),
  log,
  store,
  clock,
  meter,
})
