import { Pickstream, type RecommendationList } from '@pickstream/client'
import { createElement, Suspense } from 'react'
import { renderToReadableStream, renderToString } from 'react-dom/server'
import { expect, test } from 'vitest'
import {
  PickstreamProvider,
  useConnection,
  useHeldList,
  usePickstream,
  useRecommendations,
  useSuspenseRecommendations,
} from '../src/index.ts'

/** It is never asked: a server renders what it was given. */
const unreachable = () => Promise.reject(new Error('a server must not watch lists'))
const client = new Pickstream({ url: 'http://127.0.0.1:9/graphql', fetch: unreachable })
const initial: RecommendationList = {
  id: 'list-1',
  userId: 'ann',
  revision: '1',
  placement: null,
  computedAt: '2026-01-01T00:00:00.000Z',
  modelVersion: 1,
  causedByEventId: null,
  personalized: true,
  picks: ['tent', 'mat'].map((id, n) => ({
    rank: n + 1,
    score: 1,
    item: { id, title: id.toUpperCase(), categories: [], tags: [], price: null, imageUrl: null, publishedAt: null },
    reason: { __typename: 'PopularNow', window: 'DAY' },
  })),
}

const rendered = (component: () => unknown) =>
  createElement(PickstreamProvider, { client }, createElement(component as () => null))
const titles = (list: RecommendationList | undefined) => list?.picks.map(({ item }) => item.title).join(', ') ?? 'none'

test('a server renders the list that it passes', () => {
  const List = () => titles(useHeldList(useRecommendations('ann', { initial }).list).shown)
  expect(renderToString(rendered(List))).toBe('TENT, MAT')
})

test('without one it renders that there is none yet', () => {
  expect(renderToString(rendered(() => titles(useRecommendations('without').list)))).toBe('none')
  expect(renderToString(rendered(useConnection))).toBe('connecting')
})

test('with suspense it renders the list that it passes, and without one the fallback', async () => {
  const List = ({ list }: { list?: RecommendationList }) =>
    titles(useSuspenseRecommendations(list ? 'ann' : 'nobody', { initial: list })) as unknown as null
  const page = (list?: RecommendationList) =>
    createElement(
      PickstreamProvider,
      { client },
      createElement(Suspense, { fallback: 'on their way' }, createElement(List, { list })),
    )
  const html = async (list?: RecommendationList) => {
    const stream = await renderToReadableStream(page(list), { onError: () => {} })
    await stream.allReady
    return new Response(stream).text()
  }
  expect(await html(initial)).toContain('TENT, MAT')
  expect(await html()).toContain('on their way')
})

test('a hook outside of a provider says what is missing', () => {
  const Alone = () => usePickstream() as unknown as null
  expect(() => renderToString(createElement(Alone))).toThrow('PickstreamProvider')
})
