import { createStore } from '@pickstream/client'
import type { AnchorHTMLAttributes, MouseEvent } from 'react'
import { useStore } from './use-store.ts'

/** Every page is a query of one URL: /console/?page=visitor&user=ada. */
export const pages = [
  { page: 'flow', title: 'Flow' },
  { page: 'events', title: 'Events' },
  { page: 'visitor', title: 'Visitors' },
  { page: 'models', title: 'Models' },
  { page: 'rules', title: 'Rules' },
  { page: 'dead', title: 'Dead letters' },
] as const

export type Page = (typeof pages)[number]['page']

export interface Route {
  readonly page: Page
  readonly user: string | undefined
  readonly event: string | undefined
}

export function pathTo(page: Page, of: { user?: string; event?: string } = {}): string {
  const query = new URLSearchParams({ ...(page !== 'flow' && { page }), ...of })
  return query.size === 0 ? location.pathname : `?${query}`
}

const address = createStore(location.search)
addEventListener('popstate', () => address.set(location.search))

export function navigate(to: string) {
  const before = routeOf(location.search).page
  history.pushState(null, '', to)
  if (routeOf(location.search).page !== before) scrollTo({ top: 0, behavior: 'instant' })
  address.set(location.search)
}

export const useRoute = (): Route => routeOf(useStore(address))

function routeOf(query: string): Route {
  const given = new URLSearchParams(query)
  const page = pages.find((one) => one.page === given.get('page'))?.page ?? 'flow'
  return { page, user: given.get('user') || undefined, event: given.get('event') || undefined }
}

/** An ordinary link, so that it opens in a new tab too; a plain click stays on the page. */
export function Link({ href, onClick, ...rest }: AnchorHTMLAttributes<HTMLAnchorElement> & { href: string }) {
  const follow = (event: MouseEvent<HTMLAnchorElement>) => {
    onClick?.(event)
    if (event.defaultPrevented || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return
    event.preventDefault()
    navigate(href)
  }
  return <a href={href} onClick={follow} {...rest} />
}
