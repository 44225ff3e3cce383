import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { aList, ranked } from '../support/builders.ts'
import { type Harness, startHarness } from '../support/server-harness.ts'
import { openApollo } from './apollo-cache.ts'
import { type CacheClient, type CachedList, documents } from './cache-client.ts'
import { openGraphcache } from './graphcache.ts'
import { openRelay } from './relay-store.ts'

let harness: Harness
let client: CacheClient | undefined
let offset = 0

beforeAll(async () => {
  harness = await startHarness()
  const camping = (id: string) => ({ id, categories: ['Camping'] })
  await harness.putItems({ id: 'mug' }, { id: 'lamp' }, camping('tent'), camping('mat'), camping('stove'))
})
afterEach(() => client?.close())
afterAll(() => harness.close())

const publish = (...ids: string[]) => harness.publishList('ann', aList({ offset: ++offset, unseen: ranked(...ids) }))
const idsOf = ({ picks }: CachedList) => picks.map(({ item }) => item.id)
const page = (): [string[], string[]] => [idsOf(client!.read().forYou), idsOf(client!.read().camping)]

describe.each([
  ['Apollo Client', openApollo],
  ['urql Graphcache', openGraphcache],
  ['Relay', openRelay],
])('%s', (_, open) => {
  test('keeps two lists of one user apart', async () => {
    client = open(harness.url)
    await publish('mug', 'tent', 'lamp', 'mat')
    const loaded = await client.load()
    const { data } = await harness.ask(documents.page)
    expect(JSON.parse(JSON.stringify(loaded))).toMatchObject(data)
    expect(page()).toEqual([
      ['mug', 'tent'],
      ['tent', 'mat'],
    ])
  })

  test('a subscription to one of them changes nothing of the other, at the first list, a newer one and a shorter one', async () => {
    client = open(harness.url)
    await publish('mug', 'tent', 'lamp', 'mat')
    await client.load()
    const pushed: string[][] = []
    client.watch((list) => pushed.push(idsOf(list)))
    const until = async (newest: string[]) => {
      while (pushed.at(-1)?.join() !== newest.join()) await new Promise((resolve) => setTimeout(resolve, 5))
    }
    await until(['tent', 'mat'])
    expect(page()).toEqual([
      ['mug', 'tent'],
      ['tent', 'mat'],
    ])

    await publish('stove', 'lamp', 'mat', 'mug')
    await until(['stove', 'mat'])
    expect(page()[0]).toEqual(['mug', 'tent'])
    await client.load()
    expect(page()).toEqual([
      ['stove', 'lamp'],
      ['stove', 'mat'],
    ])

    await harness.putItems({ id: 'stove', categories: ['Camping'], available: false })
    await until(['mat', 'tent'])
    expect(page()[0]).toEqual(['stove', 'lamp'])
    await harness.putItems({ id: 'stove', categories: ['Camping'] })
  })
})
