import { createRequire } from 'node:module'
import { SignJWT } from 'jose'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Harness, startHarness } from '../../test/support/server-harness.ts'

const secret = 'a secret of at least 32 characters'
const tokenOf = (userId: string) =>
  new SignJWT({ sub: userId, role: 'shopper' })
    .setProtectedHeader({ alg: 'HS256' })
    .setExpirationTime('1h')
    .sign(new TextEncoder().encode(secret))

let rankings = 0
let harness: Harness
let guarded: Harness
beforeAll(async () => {
  const env = { PICKSTREAM_FEDERATION: 'on' }
  harness = await startHarness({
    env: { ...env, PICKSTREAM_LIMIT_COST: '5000' },
    wrapRanking: (ranking) =>
      new Proxy(ranking, {
        get(target, name) {
          const value = Reflect.get(target, name)
          if (name === 'similar') rankings++
          return typeof value === 'function' ? value.bind(target) : value
        },
      }),
  })
  guarded = await startHarness({ env: { ...env, PICKSTREAM_ACCESS_JWT_SECRET: secret } })
  for (const one of [harness, guarded]) await one.putItems({ id: 'a' }, { id: 'b' }, { id: 'c' })
})
afterAll(() => Promise.all([harness?.close(), guarded?.close()]))

const sdlOf = async (of: Harness, headers?: Record<string, string>): Promise<string> =>
  (await of.ask('{ _service { sdl } }', {}, headers)).data._service.sdl
const text = `query ($r: [_Any!]!) { _entities(representations: $r) {
  __typename ... on Item { id title similar(first: 1) { item { id } } } ... on User { id recommendations(first: 1) { userId } } } }`
const item = (id: unknown) => ({ __typename: 'Item', id })

describe('_service', () => {
  test('composes, with keys of the entities and without what is for operators', async () => {
    const require = createRequire(import.meta.url)
    const { composeServices } = require('@apollo/composition') as typeof import('@apollo/composition')
    const { parse } = require('graphql') as typeof import('graphql')
    const sdl = await sdlOf(harness)
    expect(sdl).toContain('type Item @key(fields: "id")')
    expect(sdl).not.toMatch(/pipeline|PipelineStatus|DeadLetter|putRules|_entities/)
    const shop = `
      extend schema @link(url: "https://specs.apollo.dev/federation/v2.7", import: ["@key", "@shareable"])
      type Query { me: User orders: OrderConnection! }
      type Item @key(fields: "id") { id: ID! inStock: Boolean! }
      type User @key(fields: "id") { id: ID! name: String! }
      type OrderConnection { edges: [OrderEdge!]! pageInfo: PageInfo! }
      type OrderEdge { cursor: String! node: Item! }
      type PageInfo @shareable { hasNextPage: Boolean! hasPreviousPage: Boolean! startCursor: String endCursor: String }`
    const { errors, supergraphSdl } = composeServices([
      { name: 'pickstream', typeDefs: parse(sdl) },
      { name: 'shop', typeDefs: parse(shop) },
    ])
    expect(errors?.map(({ message }) => message)).toBeUndefined()
    expect(supergraphSdl).toContain('recommendationsUpdated')
  })

  test('is not there while it is switched off', async () => {
    const plain = await startHarness()
    const { errors } = await plain.ask('{ _service { sdl } }')
    expect(errors?.[0]?.extensions.code).toBe('GRAPHQL_VALIDATION_FAILED')
    await plain.close()
  })
})

describe('_entities', () => {
  test('in the order of the references, null where the catalog has none; their lists are ranked in one batch', async () => {
    rankings = 0
    const { data, errors } = await harness.ask(text, { r: [item('b'), item('nothing'), item('a'), item('c')] })
    expect(errors).toBeUndefined()
    expect(data._entities.map((one: { id: string } | null) => one?.id)).toEqual(['b', undefined, 'a', 'c'])
    for (const one of data._entities.filter(Boolean)) expect(one.similar).toHaveLength(1)
    expect(rankings).toBe(1)
  })

  test('a user has a list, also one of whom nothing is known', async () => {
    const { data } = await harness.ask(text, { r: [{ __typename: 'User', id: 'ann' }] })
    expect(data._entities).toEqual([{ __typename: 'User', id: 'ann', recommendations: { userId: 'ann' } }])
  })

  test.each([
    [[item('a'), { __typename: 'Shop', id: 'a' }], 'representations[1].__typename', 'one of Item, User, got "Shop"'],
    [[item('a'), item(7)], 'representations[1].id', 'a string, got 7'],
    [[item('')], 'representations[0].id', '1..256 bytes'],
    [['a'], 'representations[0].__typename', 'one of Item, User'],
    [Array.from({ length: 1_001 }, () => item('a')), 'representations', 'at most 1000 representations, got 1001'],
  ])('what is no reference is refused with its place (%#)', async (r, path, rule) => {
    const { errors } = await harness.ask('query ($r: [_Any!]!) { _entities(representations: $r) { __typename } }', {
      r,
    })
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', retriable: false })
    expect(errors?.[0]?.extensions.issues[0].path).toBe(path)
    expect(errors?.[0]?.message).toContain(rule)
  })

  test('costs as many rows as there are references', async () => {
    const { errors } = await harness.ask(text, { r: Array.from({ length: 1_000 }, () => item('a')) })
    expect(errors?.[0]?.message).toMatch(/expected an operation that costs at most 5000 rows, got one of \d{5}/)
  })

  test('access is that of the fields: everybody who is known has items, a shopper only themselves', async () => {
    const headers = { authorization: `Bearer ${await tokenOf('ann')}` }
    expect(await sdlOf(guarded, headers)).toContain('@key')
    const { data } = await guarded.ask(text, { r: [item('a'), { __typename: 'User', id: 'ann' }] }, headers)
    expect(data._entities).toMatchObject([{ id: 'a' }, { id: 'ann' }])
    const { errors } = await guarded.ask(text, { r: [{ __typename: 'User', id: 'ben' }] }, headers)
    expect(errors?.[0]?.extensions.code).toBe('FORBIDDEN')
    expect((await guarded.post({ query: '{ _service { sdl } }' })).status).toBe(401)
  })
})
