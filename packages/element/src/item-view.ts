import type { ListPick } from '@pickstream/client'
import { type ListWords, priceText } from './words.ts'

export interface ItemViewOptions {
  /** Address of an item, in which `{id}` is replaced by its id. null: items have no link. */
  readonly href: string | null
  readonly currency: string | null
  readonly language: string | undefined
  readonly words: ListWords
}

/** Creates the element of one item. */
export function itemView({ item, reason }: ListPick, options: ItemViewOptions): HTMLLIElement {
  const { href, currency, language, words } = options
  const view = element('li', 'item')
  view.dataset.item = item.id
  const title = element(href === null ? 'span' : 'a', href === null ? 'title' : 'link', item.title)
  if (title instanceof HTMLAnchorElement) title.href = href!.replaceAll('{id}', encodeURIComponent(item.id))
  if (item.imageUrl) {
    const image = element('img', 'image')
    image.src = item.imageUrl
    image.alt = '' // the title describes the item
    image.loading = 'lazy'
    view.append(image)
  }
  view.append(title)
  const price = priceText(item.price, language, currency)
  if (price) view.append(element('p', 'price', price))
  const why = words.reason(reason)
  if (why) view.append(element('p', 'reason', why))
  return view
}

export function element<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  part: string,
  text = '',
): HTMLElementTagNameMap[Name] {
  const made = document.createElement(name)
  made.setAttribute('part', part)
  made.textContent = text
  return made
}
