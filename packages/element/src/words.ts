import type { ListPick } from '@pickstream/client'

/** Texts of the element, which pages in another language replace. */
export interface ListWords {
  /** Returns the reason of an item; an empty text shows none. */
  reason(reason: ListPick['reason']): string
  /** Returns the label of the button that shows the waiting list. `count`: new items, 0 if only the order is new. */
  waiting(count: number): string
  /** The list's accessible name without attribute `label`. */
  readonly label: string
}

/** Empty for a kind of reason that is newer than this package. */
function englishReason(reason: ListPick['reason']): string {
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

export const english: ListWords = {
  reason: englishReason,
  waiting: (count) =>
    count === 0 ? 'Show the new order' : count === 1 ? 'Show 1 new item' : `Show ${count} new items`,
  label: 'Recommendations',
}

/**
 * Returns a price as money if a currency (ISO 4217) is given, else as a number with two decimals. A currency or
 * language that is not well-formed is ignored.
 */
export function priceText(price: number | null, language: string | undefined, currency: string | null): string {
  if (price === null) return ''
  const options: Intl.NumberFormatOptions = isCurrency(currency)
    ? { style: 'currency', currency }
    : { minimumFractionDigits: 2, maximumFractionDigits: 2 }
  return new Intl.NumberFormat(isLanguage(language) ? language : undefined, options).format(price)
}

/** Whether it has the form of a code of ISO 4217, such as EUR. */
export const isCurrency = (code: string | null): code is string => code !== null && /^[a-z]{3}$/i.test(code)

/** Attribute `lang` may be empty, or have other forms such as de_DE, for which `Intl` throws. */
function isLanguage(tag = ''): boolean {
  try {
    return Intl.getCanonicalLocales(tag).length > 0
  } catch {
    return false
  }
}
