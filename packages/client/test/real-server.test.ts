import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { emptyShop, eventually, type StartedProcess, startProcess } from '../../../test/support/start-process.ts'
import {
  Pickstream,
  type PickstreamOptions,
  type QueuedEvent,
  type RecommendationList,
  type StartPage,
} from '../src/index.ts'
import { storageWith } from './storage.ts'

const folder = mkdtempSync(join(tmpdir(), 'pickstream-client-'))
const env = {
  PICKSTREAM_DATA_DIR: join(folder, 'data'),
  ...emptyShop,
}
let started: StartedProcess

beforeAll(async () => {
  started = await startProcess(env)
  const items = Array.from({ length: 12 }, (_, n) => ({
    id: `tent-${String(n + 1).padStart(2, '0')}`,
    title: `Tent ${n + 1}`,
    categories: ['Camping'],
    tags: ['tent'],
  }))
  const shopper = open()
  await shopper.request('mutation($items: [ItemInput!]!) { putItems(items: $items) { accepted } }', { items })
  await eventually(async () => (await shopper.recommendations('nobody')).picks.length === items.length)
  shopper.close()
})
afterAll(async () => {
  await started.stop()
  rmSync(folder, { recursive: true })
})

const open = (more: Partial<PickstreamOptions> = {}): Pickstream =>
  new Pickstream({ url: started.url, webSocket: WebSocket, ...more })

interface History {
  readonly user: {
    readonly events: { readonly edges: readonly { readonly node: { readonly itemId: string } }[] }
  } | null
}
const historyOf = async (userId: string): Promise<string[]> => {
  const query = 'query($userId: ID!) { user(id: $userId) { events(first: 100) { edges { node { itemId } } } } }'
  const { user } = (await open().request(query, { userId })) as History
  return user?.events.edges.map(({ node }) => node.itemId) ?? []
}

describe('the client on a whole system', () => {
  test('a list asked for has seen what was recorded just before', async () => {
    const shopper = open()
    shopper.record({ userId: 'sdk-1', itemId: 'tent-01', type: 'VIEW' })
    const last = shopper.record({ userId: 'sdk-1', itemId: 'tent-04', type: 'PURCHASE' })
    const list = await shopper.recommendations('sdk-1')
    expect(list.causedByEventId).toBe(last)
    expect(list.picks.map(({ item }) => item.id)).not.toContain('tent-04')
    shopper.close()
  })

  test('a list has seen its own user, whoever was recorded after', async () => {
    const asked: { after?: string }[] = []
    const shopper = open({
      fetch: (url, init) => {
        asked.push((JSON.parse(String(init?.body)) as { variables: { after?: string } }).variables)
        return fetch(url, init)
      },
    })
    const last = shopper.record({ userId: 'sdk-6', itemId: 'tent-10', type: 'PURCHASE' })
    await shopper.flush()
    shopper.record({ userId: 'sdk-7', itemId: 'tent-11', type: 'VIEW' })
    await shopper.flush()
    const [mine, other] = [await shopper.recommendations('sdk-6'), await shopper.recommendations('sdk-7')]
    expect(mine.causedByEventId).toBe(last)
    expect(other.causedByEventId).not.toBe(last)
    expect(asked.at(-2)!.after).not.toBe(asked.at(-1)!.after)
    shopper.close()
  })

  test('events recorded together go in one request, in their order', async () => {
    let requests = 0
    const shopper = open({
      fetch: (...request) => {
        requests++
        return fetch(...request)
      },
    })
    const ids = ['tent-01', 'tent-02', 'tent-03', 'tent-05']
    for (const itemId of ids) shopper.record({ userId: 'sdk-2', itemId, type: 'VIEW' })
    await shopper.flush()
    expect(requests).toBe(1)
    await eventually(async () => (await historyOf('sdk-2')).length === ids.length)
    expect((await historyOf('sdk-2')).toReversed()).toEqual(ids)
    shopper.close()
  })

  test('an answer that is lost is no second event', async () => {
    let lost = 0
    const shopper = open({
      fetch: async (...request) => {
        const response = await fetch(...request)
        if (lost++ < 2) throw new Error('the connection broke after the server had it')
        return response
      },
    })
    shopper.record({ userId: 'sdk-3', itemId: 'tent-06', type: 'VIEW' })
    await shopper.flush()
    expect(lost).toBe(3)
    await shopper.recommendations('sdk-3')
    await eventually(async () => (await historyOf('sdk-3')).length > 0)
    expect(await historyOf('sdk-3')).toEqual(['tent-06'])
    shopper.close()
  })

  test('what the server refuses is named, and the rest of the batch is recorded', async () => {
    const rejected: [QueuedEvent, string][] = []
    const shopper = open({ onRejected: (...why) => rejected.push(why) })
    shopper.record({ userId: 'sdk-4', itemId: 'tent-07', type: 'VIEW' })
    shopper.record({ userId: 'sdk-4', itemId: 'tent-07', type: 'RATING', value: 11 })
    shopper.record({ userId: 'sdk-4', itemId: 'tent-08', type: 'VIEW' })
    await shopper.flush()
    expect(rejected).toMatchObject([[{ type: 'RATING', value: 11 }, expect.stringContaining('stars')]])
    await eventually(async () => (await historyOf('sdk-4')).length === 2)
    shopper.close()
  })

  test('over a kill -9 of the server a watch goes on, and what was recorded meanwhile is kept, even over a reload', {
    timeout: 120_000,
  }, async () => {
    const storage = storageWith()
    const port = new URL(started.address).port
    const lists: RecommendationList[] = []
    const watcher = open()
    watcher.watch('sdk-5', (list) => lists.push(list))
    await eventually(() => lists.length === 1)

    await started.kill()
    const page = open({ storage })
    const eventId = page.record({ userId: 'sdk-5', itemId: 'tent-09', type: 'PURCHASE' })
    page.close()
    started = await startProcess({ ...env, PICKSTREAM_PORT: port })

    const reloaded = open({ storage })
    await reloaded.flush()
    expect(storage.length).toBe(0)
    await eventually(() => lists.at(-1)?.causedByEventId === eventId)
    const revisions = lists.map(({ revision }) => revision)
    expect(revisions).toEqual([...revisions].sort()) // equal where the restarted server fills the list with other items
    expect(new Set(lists.map(({ id }) => id)).size).toBe(lists.length)
    reloaded.close()
    watcher.close()
  })

  test('every list of the API can be asked for', async () => {
    const shopper = open()
    const filter = { tags: ['tent'] }
    const options = { first: 3, filter, exclude: ['tent-12'] }
    const lists = [
      (await shopper.recommendations('lists', { ...options, diversity: 0.5, includeSeen: true })).picks,
      (await shopper.sessionRecommendations([{ itemId: 'tent-01' }], options)).picks,
      await shopper.similarItems('tent-01', options),
      await shopper.trending({ ...options, window: 'WEEK', placement: 'home' }),
      await shopper.rank('lists', ['tent-05', 'tent-03', 'tent-07', 'no such item']),
    ]
    for (const picks of lists) {
      expect(picks.map(({ rank }) => rank)).toEqual([1, 2, 3])
      expect(picks.map(({ item }) => item.id)).not.toContain('tent-12')
    }
    const { rows } = await shopper.home('lists', { rows: 2, first: 4 })
    expect(rows.length).toBeGreaterThan(0)
    expect(rows[0]!.picks).toHaveLength(4)
    await expect(shopper.boughtTogether(['tent-01'], options)).resolves.toBeInstanceOf(Array)
    shopper.close()
  })

  test('a start page is watched', async () => {
    const shopper = open()
    const pages: StartPage[] = []
    shopper.watchHome('sdk-10', (page) => pages.push(page), { first: 4 })
    await eventually(() => pages.length === 1)
    const [bought] = pages[0]!.rows[0]!.picks
    shopper.record({ userId: 'sdk-10', itemId: bought!.item.id, type: 'PURCHASE' })
    await eventually(() => pages.length > 1)
    expect(pages.at(-1)!.id).not.toBe(pages[0]!.id)
    shopper.close()
  })

  test('what was undone, handed over or erased is in the list that is asked for next', async () => {
    const shopper = open()
    const eventId = shopper.record({ userId: 'sdk-8', itemId: 'tent-02', type: 'PURCHASE' })
    expect(idsOf(await shopper.recommendations('sdk-8'))).not.toContain('tent-02')
    await shopper.undo('sdk-8', [eventId])
    expect(idsOf(await shopper.recommendations('sdk-8'))).toContain('tent-02')

    shopper.record({ userId: 'guest-1', itemId: 'tent-03', type: 'PURCHASE' })
    await shopper.identify('guest-1', 'sdk-9')
    expect(idsOf(await shopper.recommendations('sdk-9'))).not.toContain('tent-03')

    await shopper.forgetUser('sdk-9')
    expect(idsOf(await shopper.recommendations('sdk-9'))).toContain('tent-03')
    shopper.close()
  })

  test('a refused request says which part is wrong', async () => {
    const shopper = open()
    await expect(shopper.similarItems('tent-01', { first: 1_000 })).rejects.toMatchObject({
      name: 'PickstreamError',
      code: 'BAD_USER_INPUT',
      retriable: false,
      issues: [{ path: 'first' }],
    })
    await expect(shopper.trending({ signal: AbortSignal.abort(new Error('left the page')) })).rejects.toThrow(
      'left the page',
    )
    shopper.close()
  })
})

const idsOf = ({ picks }: RecommendationList) => picks.map(({ item }) => item.id)
