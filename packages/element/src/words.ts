import type { ListPick } from '@pickstream/client'

/** Texts of the element, to be replaced on pages in another language. */
export interface ListWords {
  /** Why an item is in the list; an empty text shows none. */
  reason(reason: ListPick['reason']): string
  /** On the button that shows the waiting list. `count`: new items, 0 where only the order is new. */
  waiting(count: number): string
  /** The list's name where there is no attribute `label`. */
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
 * With a currency (ISO 4217) as money, otherwise as a number with two decimals. A currency or language that is not well
 * formed is left out.
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

/** Attributes `lang` may be empty, or have forms of other systems such as de_DE, at which `Intl` throws. */
function isLanguage(tag = ''): boolean {
  try {
    return Intl.getCanonicalLocales(tag).length > 0
  } catch {
    return false
  }
}
