import { mkdtempSync, renameSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createClient } from 'graphql-ws'
import { afterAll, beforeAll, expect, test } from 'vitest'
import WebSocket from 'ws'
import { emptyShop, runToEnd, type StartedProcess, startProcess } from '../support/start-process.ts'

const folder = mkdtempSync(join(tmpdir(), 'pickstream-restore-'))
const [data, copy] = [join(folder, 'data'), join(folder, 'copy')]
const env = {
  PICKSTREAM_DATA_DIR: data,
  ...emptyShop,
}
let started: StartedProcess
beforeAll(async () => {
  started = await startProcess(env)
})
afterAll(async () => {
  await started.stop()
  rmSync(folder, { recursive: true })
})

async function ask(query: string, variables: Record<string, unknown> = {}) {
  const response = await fetch(started.url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query, variables }),
  })
  // biome-ignore lint/suspicious/noExplicitAny: each caller knows what it asked for
  return (await response.json()) as any
}

async function record(userId: string, eventId: string): Promise<string> {
  const query = 'mutation ($events: [EventInput!]!) { recordEvents(events: $events) { token } }'
  const events = [{ userId, eventId, itemId: 'tent', type: 'VIEW' }]
  return (await ask(query, { events })).data.recordEvents.token
}

const read = (userId: string, after?: string) =>
  ask(
    'query ($u: ID!, $after: String) { recommendations(userId: $u, after: $after, timeoutMs: 30000) { revision causedByEventId } }',
    { u: userId, after },
  )

/** Records an event and returns its token and the list that includes it. */
async function recordAndRead(userId: string, eventId: string) {
  const token = await record(userId, eventId)
  const { data: answer } = await read(userId, token)
  expect(answer.recommendations.causedByEventId).toBe(eventId)
  return { token, revision: answer.recommendations.revision as string }
}

const operate = async (...args: string[]) => {
  const { code, output } = await runToEnd(['dist/tools/operate/main.js', ...args])
  expect(code, output).toBe(0)
  return output
}

async function restore(name: string): Promise<string> {
  await started.stop()
  renameSync(data, join(folder, name))
  const output = await operate('restore', '--from', copy, '--data', data)
  started = await startProcess(env)
  return output
}

test('after a restore, open pages get the current list, old tokens are refused, and new events count', async () => {
  await ask('mutation { putItems(items: [{ id: "tent", title: "Tent" }, { id: "lamp", title: "Lamp" }]) { token } }')
  const kept = await recordAndRead('ann', 'kept')
  await operate('backup', '--data', data, '--to', copy)
  let lost = kept
  for (const eventId of ['lost-1', 'lost-2', 'lost-3']) lost = await recordAndRead('ann', eventId)

  const output = await restore('before')
  expect(output).toContain('PICKSTREAM_EPOCH stays as it was')
  const client = createClient({ url: started.url.replace('http', 'ws'), webSocketImpl: WebSocket })
  // biome-ignore lint/suspicious/noExplicitAny: as above
  const lists = client.iterate<any>({
    query: `subscription ($since: String) {
      recommendationsUpdated(userId: "ann", sinceRevision: $since) { revision causedByEventId } }`,
    variables: { since: lost.revision },
  })
  const next = async () => (await lists.next()).value!.data!.recommendationsUpdated
  const current = await next()
  expect(current.causedByEventId).toBe('kept')
  expect(current.revision > lost.revision).toBe(true)

  for (const { token } of [kept, lost]) {
    const { errors } = await read('ann', token)
    expect(errors[0].extensions).toMatchObject({ code: 'PICKS_NOT_FRESH', retriable: false, recommendations: current })
  }
  const again = await recordAndRead('ann', 'again')
  expect(await next()).toMatchObject({ causedByEventId: 'again', revision: again.revision })
  await client.dispose()
  const history = await ask('{ user(id: "ann") { events { edges { node { eventId } } } } }')
  // biome-ignore lint/suspicious/noExplicitAny: as above
  expect(history.data.user.events.edges.map(({ node }: any) => node.eventId)).toEqual(['again', 'kept'])

  await restore('after') // of the same copy once more
  const { errors } = await read('ann', again.token)
  expect(errors[0].extensions).toMatchObject({ retriable: false })
  expect(errors[0].extensions.recommendations.revision > again.revision).toBe(true)
  await recordAndRead('ann', 'third')
})
