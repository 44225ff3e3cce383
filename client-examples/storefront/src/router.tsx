import { createStore } from '@pickstream/client'
import type { AnchorHTMLAttributes, MouseEvent } from 'react'
import { useStore } from './persisted.ts'

/**
 * Every page is a query of one URL, so that any static server can serve the shop: /?item=tent-01, /?basket, /?q=lamp.
 */
export type Route =
  | { readonly page: 'item'; readonly id: string }
  | { readonly page: 'basket' }
  | { readonly page: 'catalog'; readonly search: string; readonly category: string | undefined }

export const paths = {
  item: (id: string) => `?item=${encodeURIComponent(id)}`,
  basket: '?basket',
  catalog({ search = '', category }: { search?: string; category?: string }) {
    const query = new URLSearchParams({ ...(search && { q: search }), ...(category && { category }) })
    return query.size === 0 ? location.pathname : `?${query}`
  },
}

const address = createStore(location.search)
addEventListener('popstate', () => address.set(location.search))

export function navigate(to: string, { replace = false } = {}) {
  if (replace) history.replaceState(null, '', to)
  else history.pushState(null, '', to)
  if (!replace) scrollTo({ top: 0, behavior: 'instant' })
  address.set(location.search)
}

export const useRoute = (): Route => routeOf(new URLSearchParams(useStore(address)))

export function routeOf(query: URLSearchParams): Route {
  const id = query.get('item')
  if (id) return { page: 'item', id }
  if (query.has('basket')) return { page: 'basket' }
  return { page: 'catalog', search: query.get('q') ?? '', category: query.get('category') ?? undefined }
}

/** A link of the page: a plain click navigates without a reload; opening in a new tab works as usual. */
export function Link({ href, onClick, ...rest }: AnchorHTMLAttributes<HTMLAnchorElement> & { href: string }) {
  const follow = (event: MouseEvent<HTMLAnchorElement>) => {
    onClick?.(event)
    if (event.defaultPrevented || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return
    event.preventDefault()
    navigate(href)
  }
  return <a href={href} onClick={follow} {...rest} />
}
