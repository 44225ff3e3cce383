import { Pickstream, type RecommendationList } from '@pickstream/client'
import { createElement, type ReactElement, Suspense } from 'react'
import { PickstreamProvider, useHeldList, useSuspenseRecommendations } from '../src/index.ts'

export interface PageProps {
  readonly url: string
  readonly initial: RecommendationList
}

/** Rendered on the server and hydrated in the browser, by hydration.test.ts. */
export function Page({ url, initial }: PageProps): ReactElement {
  const client = clientOf(url)
  const list = createElement(List, { initial })
  return createElement(PickstreamProvider, { client }, createElement(Suspense, { fallback: 'on their way' }, list))
}

const clients = new Map<string, Pickstream>()

function clientOf(url: string): Pickstream {
  const client = clients.get(url) ?? new Pickstream({ url })
  clients.set(url, client)
  return client
}

function List({ initial }: { initial: RecommendationList }): ReactElement {
  const { picks } = useHeldList(useSuspenseRecommendations('ann', { first: 2, initial }))
  return createElement(
    'ol',
    undefined,
    picks.map(({ item }) => createElement('li', { key: item.id }, item.title)),
  )
}
