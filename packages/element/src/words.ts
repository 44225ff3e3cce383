import type { ListPick } from '@pickstream/client'

/** Why an item is in the list; empty for a kind of reason that is newer than this package. */
export function reasonText(reason: ListPick['reason']): string {
  switch (reason.__typename) {
    case 'BecauseOfItem':
      return `Because of ${reason.item.title}`
    case 'PopularNow':
      return 'Popular'
    case 'MatchesTaste':
      return reason.categories.length > 0 ? `For your interest in ${reason.categories.join(', ')}` : 'For you'
    case 'NewArrival':
      return 'New'
    case 'ChosenByShop':
      return 'Our choice'
    default:
      return ''
  }
}

export const waitingText = (count: number): string =>
  count === 0 ? 'Show the new order' : count === 1 ? 'Show 1 new item' : `Show ${count} new items`

/** With a currency (ISO 4217) as money, otherwise as a number with two decimals. */
export function priceText(price: number | null, language: string | undefined, currency: string | null): string {
  if (price === null) return ''
  const options: Intl.NumberFormatOptions = currency
    ? { style: 'currency', currency }
    : { minimumFractionDigits: 2, maximumFractionDigits: 2 }
  return new Intl.NumberFormat(language, options).format(price)
}
