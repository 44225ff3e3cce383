import { existsSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { Command } from 'commander'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { aFolder } from '../../platform/embedded/testing/programs.ts'
import { encodeInteraction } from '../../schema/records/interaction.ts'
import { topics } from '../../schema/topics.ts'
import type { Harness } from '../../test/support/server-harness.ts'
import { eventually } from '../../test/support/start-process.ts'
import { startWholeSystem } from '../../test/support/whole-system.ts'
import { deadLettersCommand } from './dead-letters.ts'
import { exportCommand } from './export-user.ts'
import { rebuildCommand } from './rebuild.ts'

let harness: Harness
beforeAll(async () => {
  harness = await startWholeSystem()
  await harness.putItems({ id: 'tent', title: 'Tent' }, { id: 'mat' }, { id: 'stove' })
})
afterAll(async () => {
  await harness.close()
})

/** Runs a command against the server. @returns what it printed */
async function run(command: (print: (line: string) => void) => Command, ...args: string[]): Promise<string> {
  const lines: string[] = []
  const program = command((line) => lines.push(line))
  await program.parseAsync([...args, '--url', harness.url], { from: 'user' })
  return lines.join('\n')
}

async function record(userId: string, ...events: object[]): Promise<string> {
  const query = 'mutation($events: [EventInput!]!) { recordEvents(events: $events) { token } }'
  const { data } = await harness.ask(query, { events: events.map((event) => ({ userId, ...event })) })
  return data.recordEvents.token
}

const listOf = async (userId: string, after?: string) => {
  const query = `query($userId: ID!, $after: String) {
    recommendations(userId: $userId, after: $after, timeoutMs: 20000) { revision personalized picks { item { id } } }
  }`
  return (await harness.ask(query, { userId, after })).data.recommendations
}

describe('dead-letters', () => {
  const write = (key: string, value: string) =>
    harness.log.append(topics.interactions, [{ key, value: Buffer.from(value) }])
  const good = (userId: string) =>
    Buffer.from(
      encodeInteraction({
        v: 1,
        kind: 'event',
        eventId: 'late',
        userId,
        itemId: 'mat',
        type: 'VIEW',
        timestamp: new Date().toISOString(),
      }),
    ).toString()
  const list = (count: number) =>
    eventually(async () => {
      const printed = await run(deadLettersCommand, 'list')
      return printed.split('\n').filter((line) => /\d{4}-/.test(line)).length >= count && printed
    })

  test('are listed newest first, shown with their value, and given to their topic again', async () => {
    expect(await run(deadLettersCommand, 'list')).toBe('There are no dead letters.')
    await write('zoe', '{"v":1,"kind":"event"}')
    await write('yan', 'no JSON')
    const printed = await list(2)
    expect(printed).toMatch(/1 .*embed.*interactions\/0\/1.*expected JSON[\s\S]*0 .*embed.*interactions\/0\/0/)
    expect(await run(deadLettersCommand, 'show', '1')).toMatch(/stage +embed[\s\S]*value +no JSON/)
    await expect(run(deadLettersCommand, 'show', '17')).rejects.toThrow('expected the id of a dead letter, got 17')

    expect(await run(deadLettersCommand, 'replay', '0', '1')).toContain('2 replayed')
    await list(4) // still broken: set aside once more
    expect(await run(deadLettersCommand, 'replay', '--all', '--stage', 'archive')).toContain('0 replayed')
    expect(await run(deadLettersCommand, 'replay', '--all')).toContain('4 replayed')
    await expect(run(deadLettersCommand, 'replay')).rejects.toThrow('expected either ids of dead letters or --all')
    await expect(run(deadLettersCommand, 'replay', '1', '--all')).rejects.toThrow(
      'expected either ids of dead letters or --all',
    )
  })

  test('one whose reason is gone counts', async () => {
    const dead = { 'dead-topic': topics.interactions, 'dead-stage': 'embed', 'dead-reason': 'then' }
    const value = Buffer.from(good('xia'))
    const { offset } = (await harness.log.append(topics.deadLetter, [{ key: 'xia', value, headers: dead }]))[0]!
    await run(deadLettersCommand, 'replay', String(offset))
    await eventually(async () => (await listOf('xia')).personalized)
  })

  test('with --all, those that cannot be replayed are named and the others are replayed', async () => {
    const dead = { 'dead-topic': topics.interactions, 'dead-stage': 'test', 'dead-reason': 'then' }
    const value = Buffer.from(good('eve'))
    const letters = [
      { key: 'eve', value: value.subarray(0, 9), headers: { ...dead, 'dead-cut': 'too large' } },
      { key: 'k', value, headers: { ...dead, 'dead-topic': topics.lists } },
      { key: 'eve', value, headers: dead },
    ]
    const [cut, internal] = (await harness.log.append(topics.deadLetter, letters)).map(({ offset }) => String(offset))
    const printed = await run(deadLettersCommand, 'replay', '--all', '--stage', 'test')
    expect(printed.split('\n')).toEqual([
      `${cut} is not replayed: expected a dead letter with one complete record, got the beginning of a record that was too large: send it again from its source`,
      `${internal} is not replayed: expected a dead letter of topic interactions or items, got one of lists`,
      '1 replayed. What is still wrong with them comes back as a new dead letter.',
      '2 not replayed, see above.',
    ])
    await eventually(async () => (await listOf('eve')).personalized)
    await expect(run(deadLettersCommand, 'replay', cut!)).rejects.toThrow(`${cut}: expected a dead letter with one`)
  })
})

describe('export', () => {
  test("has all of a user's events, oldest first, and the list", async () => {
    const events = Array.from({ length: 130 }, (_, n) => ({ eventId: `e-${n}`, itemId: 'tent', type: 'VIEW' }))
    await listOf('ada', await record('ada', ...events, { eventId: 'stars', itemId: 'mat', type: 'RATING', value: 4 }))
    const exported = await eventually(async () => {
      const parsed = JSON.parse(await run(exportCommand, '--user', 'ada'))
      return parsed.events.length === 131 && parsed
    })
    expect(exported.userId).toBe('ada')
    expect(exported.events.map(({ eventId }: { eventId: string }) => eventId)).toEqual([
      ...events.map(({ eventId }) => eventId),
      'stars',
    ])
    expect(exported.events.at(-1)).toMatchObject({ itemId: 'mat', type: 'RATING', value: 4, quantity: 1 })
    expect(exported.recommendations.picks.length).toBeGreaterThan(0)
  })

  test('goes into a file for its owner alone, never over another', async () => {
    const file = join(aFolder(), 'ada.json')
    await run(exportCommand, '--user', 'ada', '--out', file)
    expect(JSON.parse(readFileSync(file, 'utf8')).events).toHaveLength(131)
    expect(statSync(file).mode & 0o077).toBe(0)
    await expect(run(exportCommand, '--user', 'ada', '--out', file)).rejects.toThrow('EEXIST')
  })

  test('of somebody unknown, or erased, says so', async () => {
    await expect(run(exportCommand, '--user', 'nobody')).rejects.toThrow('user "nobody" has no data')
    const { data } = await harness.ask('mutation { forgetUser(userId: "ada") { token } }')
    await listOf('ada', data.forgetUser.token)
    await eventually(() =>
      run(exportCommand, '--user', 'ada').then(
        () => false,
        () => true,
      ),
    )
    expect(existsSync('ada.json')).toBe(false)
  })
})

test('rebuild makes states and lists anew, while the service answers, and no list goes back', async () => {
  const token = await record('ben', { eventId: 'b1', itemId: 'tent', type: 'PURCHASE' })
  const before = await listOf('ben', token)
  const watcher = harness.watch('subscription { recommendationsUpdated(userId: "ben") { revision } }')
  await watcher.message(0)
  expect(await run(rebuildCommand)).toMatch(/^\d+ users rebuilt\.$/)
  const { data } = await watcher.message(1)
  expect(data.recommendationsUpdated.revision > before.revision).toBe(true)
  const after = await listOf('ben', token)
  expect(after.revision >= data.recommendationsUpdated.revision).toBe(true)
  expect(after.personalized).toBe(true)
  expect(after.picks.map(({ item }: { item: { id: string } }) => item.id)).not.toContain('tent') // bought: still known
  watcher.stop()
})
