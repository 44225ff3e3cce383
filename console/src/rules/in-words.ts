import { parse } from 'yaml'

/** Description of one rule. `about` is its subject, to be looked up in the catalog. */
export interface Sentence {
  readonly text: string
  readonly about?: { readonly category: string } | { readonly tag: string } | { readonly item: string }
  /** The dates of a dated rule. */
  readonly period?: Period
}

export interface Spoken {
  readonly always: readonly Sentence[]
  readonly placements: readonly { readonly name: string; readonly sentences: readonly Sentence[] }[]
  readonly experiments: readonly {
    readonly name: string
    /** Where and when it runs. */
    readonly scope: string
    readonly period: Period
    readonly variants: readonly {
      readonly name: string
      readonly share: number
      readonly sentences: readonly Sentence[]
    }[]
  }[]
}

interface Attribute {
  readonly name: string
  readonly in?: readonly string[]
  readonly gte?: number
  readonly lte?: number
  readonly is?: boolean
}

export interface Period {
  readonly from?: string
  readonly until?: string
}

interface When extends Period {
  readonly placement?: string
  readonly category?: string
  readonly attribute?: Attribute
}

interface Filter {
  readonly when?: When
  readonly attributes?: readonly Attribute[]
  readonly [condition: string]: unknown
}

interface Boost {
  readonly category?: string
  readonly tag?: string
  readonly item?: string
  readonly attribute?: Attribute
  readonly factor: number
  readonly when?: When
}

interface RuleSet {
  readonly boosts?: readonly Boost[]
  readonly freshnessHalfLifeDays?: number
  readonly maxCategoryShare?: number
  readonly exploration?: number
  readonly pins?: readonly { readonly item: string; readonly position: number; readonly when?: When }[]
  readonly filters?: readonly Filter[]
  readonly seen?: Readonly<Record<string, string | number>>
  readonly fatigue?: { readonly after: number; readonly within: string; readonly factor: number }
  readonly objective?: Objective
}

interface Objective {
  readonly weights?: Readonly<Record<string, number>>
  readonly revenue?: number
  readonly revenueAttribute?: string
}

interface Experiment extends Period {
  readonly name: string
  readonly placement?: string
  readonly variants: readonly { readonly name: string; readonly share: number; readonly rules?: RuleSet }[]
}

interface Document extends RuleSet {
  readonly placements?: Readonly<Record<string, RuleSet>>
  readonly experiments?: readonly Experiment[]
  readonly experiment?: Experiment
}

/**
 * Describes rules in words, in the order in which they are applied.
 * @param source YAML that the server has validated
 */
export function inWords(source: string): Spoken {
  const document = (parse(source) ?? {}) as Document
  const { placements = {}, experiments = [], experiment } = document
  return {
    always: sentences(document),
    placements: Object.entries(placements).map(([name, rules]) => ({ name, sentences: sentences(rules) })),
    experiments: [...experiments, ...(experiment ? [experiment] : [])].map((one) => ({
      name: one.name,
      scope: [one.placement === undefined ? 'on all lists' : `on placement ${one.placement}`, ...period(one)].join(' '),
      period: periodOf(one),
      variants: one.variants.map(({ name, share, rules = {} }) => ({ name, share, sentences: sentences(rules) })),
    })),
  }
}

/** The state of a dated rule that is not active now; undefined: it is active. */
export function notInForce({ from, until }: Period, now: number): string | undefined {
  if (until !== undefined && Date.parse(until) <= now) return 'ended'
  return from !== undefined && Date.parse(from) > now ? 'scheduled' : undefined
}

function sentences(rules: RuleSet): Sentence[] {
  return [
    ...(rules.filters ?? []).map(({ when, ...conditions }) => ({
      text: `only items ${Object.entries(conditions).map(inFilter).join(', ')}${whenHolds(when)}`,
      period: periodOf(when),
    })),
    ...seenSentences(rules.seen),
    ...(rules.exploration
      ? [
          {
            text: `order randomized with strength ${Math.round(rules.exploration * 100)} %, to try items without impressions`,
          },
        ]
      : []),
    ...objectiveSentences(rules.objective),
    ...(rules.boosts ?? []).map(inBoost),
    ...(rules.freshnessHalfLifeDays === undefined
      ? []
      : [{ text: `new items have a bonus that halves every ${rules.freshnessHalfLifeDays} days` }]),
    ...fatigueSentences(rules.fatigue),
    ...(rules.maxCategoryShare === undefined
      ? []
      : [{ text: `no category takes more than ${Math.round(rules.maxCategoryShare * 100)} % of the first 20` }]),
    ...(rules.pins ?? []).map(({ item, position, when }) => ({
      text: `item ${item} is pinned to position ${position}${whenHolds(when)}`,
      about: { item },
      period: periodOf(when),
    })),
  ]
}

function inBoost({ category, tag, item, attribute, factor, when }: Boost): Sentence {
  const effect = factor === 0 ? 'goes last' : factor === 1 ? 'is unchanged' : `has its score multiplied by ${factor}`
  const end = `${effect}${whenHolds(when)}`
  const period = periodOf(when)
  if (attribute !== undefined) return { text: `each item with ${inAttribute(attribute)} ${end}`, period }
  if (category !== undefined) return { text: `category ${category} ${end}`, about: { category }, period }
  if (tag !== undefined) return { text: `tag ${tag} ${end}`, about: { tag }, period }
  return { text: `item ${item} ${end}`, about: { item: item! }, period }
}

const filterWords: Readonly<Record<string, string>> = {
  categories: 'of categories',
  tags: 'with tags',
  excludeCategories: 'not of categories',
  excludeTags: 'without tags',
  allCategories: 'of all categories',
  allTags: 'with all tags',
  minPrice: 'that cost at least',
  maxPrice: 'that cost at most',
  publishedAfter: 'published since',
}

function inFilter([name, value]: [name: string, value: unknown]): string {
  if (name === 'attributes') return (value as readonly Attribute[]).map((one) => `with ${inAttribute(one)}`).join(', ')
  const values = Array.isArray(value) ? value.join(name.startsWith('all') ? ' and ' : ' or ') : String(value)
  return `${filterWords[name] ?? name} ${values}`
}

function inAttribute({ name, in: texts, gte, lte, is }: Attribute): string {
  const parts = [
    ...(texts ? [texts.join(' or ')] : []),
    ...(gte === undefined ? [] : [`at least ${gte}`]),
    ...(lte === undefined ? [] : [`at most ${lte}`]),
    ...(is === undefined ? [] : [is ? 'yes' : 'no']),
  ]
  return ['attribute', name, ...(parts.length > 0 ? [parts.join(' and ')] : [])].join(' ')
}

function seenSentences(seen: RuleSet['seen']): Sentence[] {
  if (!seen) return []
  const kinds = Object.entries(seen).map(([type, rule]) => {
    if (rule === 'forever') return type
    return typeof rule === 'number' ? `${type} from ${Math.round(rule * 100)} % on` : `${type} for ${rule}`
  })
  if (kinds.length === 0) return [{ text: 'nothing counts as seen' }]
  return [{ text: `what counts as seen and is left out: ${kinds.join(', ')}` }]
}

function objectiveSentences({ weights = {}, revenue, revenueAttribute }: Objective = {}): Sentence[] {
  const valued = revenueAttribute === undefined ? 'prices count' : `attribute ${revenueAttribute} counts`
  const weighed = Object.entries(weights).map(([type, weight]) => `${type} ${weight}`)
  return [
    ...(weighed.length > 0
      ? [{ text: `items are weighted by the event they follow from: ${weighed.join(', ')}` }]
      : []),
    ...(revenue ? [{ text: `${valued} with a strength of ${Math.round(revenue * 100)} %` }] : []),
  ]
}

function fatigueSentences(fatigue: RuleSet['fatigue']): Sentence[] {
  if (!fatigue) return []
  const { after, within, factor } = fatigue
  const effect = factor === 0 ? 'is left out' : `has its score multiplied by ${factor}`
  return [{ text: `each item shown ${after} times within ${within} without an interaction ${effect}` }]
}

function whenHolds(when: When | undefined): string {
  if (!when) return ''
  const { placement, category, attribute } = when
  const parts = [
    ...(placement === undefined ? [] : [`on placement ${placement}`]),
    ...(category === undefined ? [] : [`in lists about category ${category}`]),
    ...(attribute === undefined ? [] : [`in lists about items with ${inAttribute(attribute)}`]),
    ...period(when),
  ]
  return parts.length === 0 ? '' : `, ${parts.join(' ')}`
}

const periodOf = ({ from, until }: Period = {}): Period => ({
  ...(from !== undefined && { from }),
  ...(until !== undefined && { until }),
})

const period = ({ from, until }: Period): string[] => [
  ...(from === undefined ? [] : [`from ${from}`]),
  ...(until === undefined ? [] : [`until ${until}`]),
]
