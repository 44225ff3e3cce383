import { parse } from 'yaml'

/** What one rule does, in words; `about` is what it is about, to be looked up in the catalog. */
export interface Sentence {
  readonly text: string
  readonly about?: { readonly category: string } | { readonly tag: string } | { readonly item: string }
}

export interface Spoken {
  readonly always: readonly Sentence[]
  readonly variants: readonly {
    readonly name: string
    readonly share: number
    readonly sentences: readonly Sentence[]
  }[]
}

interface RuleSet {
  readonly boosts?: readonly { category?: string; tag?: string; item?: string; factor: number }[]
  readonly freshnessHalfLifeDays?: number
  readonly maxCategoryShare?: number
  readonly exploration?: number
  readonly pins?: readonly { item: string; position: number }[]
}

/** Of rules the server found valid: their shape is known. In the order in which they are applied. */
export function inWords(source: string): Spoken {
  const rules = (parse(source) ?? {}) as RuleSet & {
    experiment?: { variants: readonly { name: string; share: number; rules?: RuleSet }[] }
  }
  const variants = rules.experiment?.variants ?? []
  return {
    always: sentences(rules),
    variants: variants.map(({ name, share, rules: own = {} }) => ({ name, share, sentences: sentences(own) })),
  }
}

function sentences({ boosts, freshnessHalfLifeDays, maxCategoryShare, exploration, pins }: RuleSet): Sentence[] {
  return [
    ...(boosts ?? []).map(({ category, tag, item, factor }) => {
      const what = category !== undefined ? `category ${category}` : tag !== undefined ? `tag ${tag}` : `item ${item}`
      const effect = factor === 0 ? 'goes last' : factor === 1 ? 'stays as it is' : `counts ${factor} times`
      const about = category !== undefined ? { category } : tag !== undefined ? { tag } : { item: item! }
      return { text: `${what} ${effect}`, about }
    }),
    ...(freshnessHalfLifeDays === undefined
      ? []
      : [{ text: `new items have a bonus that halves every ${freshnessHalfLifeDays} days` }]),
    ...(maxCategoryShare === undefined
      ? []
      : [{ text: `no category takes more than ${Math.round(maxCategoryShare * 100)} % of the first 20` }]),
    ...(exploration
      ? [{ text: `${Math.round(exploration * 100)} % of the order is left to chance, for untried items` }]
      : []),
    ...(pins ?? []).map(({ item, position }) => ({
      text: `item ${item} stands at place ${position}`,
      about: { item },
    })),
  ]
}
