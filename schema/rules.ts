import { z } from 'zod'
import { typesOf } from '../engine/attributes.ts'
import { impressionsMax } from '../engine/user/attention.ts'
import { AppError, type Issue } from './app-error.ts'
import { defaultAttributionMs } from './attribution.ts'
import { cutJson, cutText } from './cut-text.ts'
import { placementPattern } from './placement.ts'
import { variantsCharsMax } from './recommendation-id.ts'
import { dateTime, durationMs } from './rule-values.ts'
import { readYaml } from './yaml-bounds.ts'

/**
 * Business rules: how the shop wants lists to differ from what the visitor's history suggests. A YAML document
 * (docs/business-rules.md). Rules apply when a list is read or pushed: server/lists/pipeline.
 */
const id = z.string().min(1).max(256)
const name = z.string().regex(/^[a-z0-9][a-z0-9-]{0,31}$/, 'expected lower-case letters, digits and -, at most 32')
const share = z.number().min(0).max(1)

const placement = z.string().regex(placementPattern, 'expected 1 to 64 of a-z 0-9 -')

const attributeCondition = z
  .strictObject({
    name: z.string().min(1).max(64),
    in: z.array(z.string().max(256)).min(1).max(100).optional(),
    gte: z.number().optional(),
    lte: z.number().optional(),
    is: z.boolean().optional(),
  })
  .refine(({ gte, lte }) => gte === undefined || lte === undefined || gte <= lte, {
    message: 'expected gte to be at most lte',
  })
  .refine((condition) => typesOf(condition).length <= 1, {
    message: 'expected only one of in (texts), gte and lte (numbers), is (flags): a value has one type',
  })

const period = { from: dateTime.optional(), until: dateTime.optional() }
const isPeriod = ({ from, until }: { from?: number | undefined; until?: number | undefined }) =>
  from === undefined || until === undefined || from < until
const periodMessage = { message: 'expected from to be before until' }

/** When a rule applies: the placement of the list, its subject, and the time. All conditions must hold. */
const when = z
  .strictObject({ placement: placement.optional(), category: id.optional(), attribute: attributeCondition.optional() })
  .extend(period)
  .refine(isPeriod, periodMessage)
  .optional()

const boost = z
  .strictObject({
    category: id.optional(),
    tag: id.optional(),
    item: id.optional(),
    attribute: attributeCondition.optional(),
    /** Multiplies the score: 1 changes nothing, 0 ranks the item last. */
    factor: z.number().min(0).max(100),
    when,
  })
  .refine(
    ({ category, tag, item, attribute }) =>
      [category, tag, item, attribute].filter((target) => target !== undefined).length === 1,
    { message: 'expected exactly one of category, tag, item, attribute' },
  )

const pin = z.strictObject({
  item: id,
  /** From 1. The item is at this position as long as the visitor may see it. */
  position: z.int().min(1).max(100),
  when,
})

const labels = z.array(id).min(1).max(100).optional()
const price = z.number().min(0).optional()

/** Conditions that every item of a list must meet; fields as in ItemFilter. */
const filter = z
  .strictObject({
    categories: labels,
    tags: labels,
    excludeCategories: labels,
    minPrice: price,
    maxPrice: price,
    allCategories: labels,
    allTags: labels,
    excludeTags: labels,
    attributes: z.array(attributeCondition).min(1).max(20).optional(),
    publishedAfter: dateTime.optional(),
    when,
  })
  .refine(({ when: _, ...conditions }) => Object.values(conditions).some((value) => value !== undefined), {
    message: 'expected a condition beside when',
  })
  .refine(({ minPrice, maxPrice }) => minPrice === undefined || maxPrice === undefined || minPrice <= maxPrice, {
    message: 'expected minPrice to be at most maxPrice',
  })
  .refine((all) => !excludesAll(all.categories, all.allCategories, all.excludeCategories), {
    message: 'expected a category that the filter does not exclude: no item meets it',
  })
  .refine((all) => !excludesAll(all.tags, all.allTags, all.excludeTags), {
    message: 'expected a tag that the filter does not exclude: no item meets it',
  })

/** Whether no item can have one of `any` and all of `all`, but none of `none`. */
function excludesAll(any: readonly string[] = [], all: readonly string[] = [], none: readonly string[] = []): boolean {
  return (any.length > 0 && any.every((one) => none.includes(one))) || all.some((one) => none.includes(one))
}

const rejected = z.literal('forever', 'expected forever: rejected items never come back').optional()
const seenFor = z.union([z.literal('forever'), durationMs], 'expected forever or a duration such as 30d').optional()

/** Which event types make an item seen, so that it is excluded, and for how long. Other event types do not. */
const seen = z.strictObject({
  VIEW: seenFor,
  CLICK: seenFor,
  LIKE: seenFor,
  RATING: seenFor,
  CART: seenFor,
  PURCHASE: seenFor,
  CONSUME: z
    .union(
      [z.literal('forever'), z.number().min(0).max(1), durationMs],
      'expected forever, a duration such as 30d, or a portion from 0 to 1',
    )
    .optional(),
  DISLIKE: rejected,
  DISMISS: rejected,
  REFUND: rejected,
})

const fatigue = z.strictObject({
  /** Impressions without a reaction. */
  after: z.int().min(1).max(impressionsMax),
  within: durationMs,
  factor: share,
})

const weight = z.number().min(0).max(1000).optional()

const objective = z.strictObject({
  weights: z
    .strictObject({
      VIEW: weight,
      CLICK: weight,
      LIKE: weight,
      RATING: weight,
      CART: weight,
      PURCHASE: weight,
      CONSUME: weight,
    })
    .optional(),
  revenue: share.optional(),
  /** Number attribute that is used for `revenue`, for example a margin. Default: the price. */
  revenueAttribute: z.string().min(1).max(64).optional(),
})

/** One set of rules. A rule of a placement or a variant replaces the shop's rule of the same name. */
const ruleSet = z.strictObject({
  boosts: z.array(boost).max(1000).optional(),
  /** Days in which the bonus of a new item halves. Default: no bonus. */
  freshnessHalfLifeDays: z.number().positive().max(3650).optional(),
  /** Maximum share of one category, counted over the first 20 items of the shown list. */
  maxCategoryShare: z.number().gt(0).max(1).optional(),
  /** Scale of the random noise that is added to scores, so that items without events are shown too. */
  exploration: share.optional(),
  pins: z.array(pin).max(20).optional(),
  filters: z.array(filter).max(100).optional(),
  seen: seen.optional(),
  fatigue: fatigue.optional(),
  objective: objective.optional(),
})

const variants = z
  .array(z.strictObject({ name, share, rules: ruleSet.default({}) }))
  .min(2)
  .max(10)
  .refine((all) => Math.abs(all.reduce((sum, one) => sum + one.share, 0) - 1) < 1e-6, {
    message: "expected the variants' shares to sum up to 1",
  })
  .refine((all) => new Set(all.map((one) => one.name)).size === all.length, { message: 'expected distinct names' })

const experiment = z
  .strictObject({
    name,
    /** Default: all lists. */
    placement: placement.optional(),
    /** Attribution window: how long after the user's reaction to a list a purchase counts for its variant. */
    attribution: durationMs.default(defaultAttributionMs),
    variants,
  })
  .extend(period)
  .refine(isPeriod, periodMessage)

const experimentsMax = 20
const placementsMax = 100

const documentShape = z.strictObject({
  ...ruleSet.shape,
  placements: z
    .record(placement, ruleSet)
    .refine((all) => Object.keys(all).length <= placementsMax, {
      message: `expected at most ${placementsMax} placements`,
    })
    .default({}),
  experiments: z.array(experiment).max(experimentsMax).default([]),
  /** The same as one entry of `experiments`. */
  experiment: z.strictObject({ name, variants }).optional(),
})

/** Fields of a rules document. */
export const ruleNames: readonly string[] = Object.keys(documentShape.shape)

const documentSchema = documentShape
  .transform(({ experiment: single, experiments, placements, ...shop }) => ({
    shop,
    placements,
    experiments: single ? [...experiments, { ...single, attribution: defaultAttributionMs }] : experiments,
  }))
  .superRefine(({ experiments }, context) => {
    const fail = (message: string) => context.addIssue({ code: 'custom', path: ['experiments'], message })
    if (new Set(experiments.map((one) => one.name)).size < experiments.length) fail('expected distinct names')
    for (const where of new Set(experiments.map((one) => one.placement))) {
      const length = longestVariant(experiments.filter((one) => (one.placement ?? where) === where))
      if (length - 1 <= variantsCharsMax) continue
      const lists = where === undefined ? 'all lists' : `placement ${where}`
      fail(
        `expected the names of the experiments on ${lists} and of their variants to have at most ${variantsCharsMax} characters together, they have ${length - 1}`,
      )
    }
  })

/**
 * Returns the maximum length of the joined variants of a list. Includes experiments whose periods do not overlap, so
 * that the limit does not depend on the time.
 */
function longestVariant(experiments: readonly Experiment[]): number {
  const longest = ({ name: own, variants: all }: Experiment) =>
    own.length + Math.max(...all.map((one) => one.name.length)) + '~+'.length
  return experiments.reduce((sum, one) => sum + longest(one), 0)
}

export type RuleSet = z.output<typeof ruleSet>
export type When = NonNullable<z.output<typeof when>>
export type AttributeCondition = z.output<typeof attributeCondition>
export type Boost = z.output<typeof boost>
export type Pin = z.output<typeof pin>
export type RuleFilter = z.output<typeof filter>
export type SeenPolicy = z.output<typeof seen>
export type Objective = z.output<typeof objective>
export type Fatigue = z.output<typeof fatigue>
export type Experiment = z.output<typeof experiment>
export type RulesDocument = z.output<typeof documentSchema>

/** @throws AppError BAD_USER_INPUT that lists the issues: path, rule and value received */
export function parseRules(source: string): RulesDocument {
  let value: unknown
  try {
    value = readYaml(source) ?? {}
  } catch (error) {
    throw invalid([{ path: 'rules', message: error instanceof Error ? error.message : String(error) }])
  }
  const parsed = documentSchema.safeParse(value)
  if (parsed.success) return parsed.data
  throw invalid(
    parsed.error.issues.map((issue) => {
      const isKey = issue.code === 'invalid_key'
      const rule = (isKey && issue.issues[0]?.message) || issue.message
      const received = isKey ? issue.path.at(-1) : at(value, issue.path)
      return {
        path: ['rules', ...issue.path].join('.'),
        message: `${cutText(withoutReceived(rule), messageLengthMax)}, got ${receivedText(received)}`,
      }
    }),
  )
}

const issuesMax = 20
/** The message of an unknown key contains the whole key. */
const messageLengthMax = 500

/** Infinity and NaN as YAML reads them have no JSON; neither has a field that is missing. */
function receivedText(received: unknown): string {
  if (received === undefined) return 'nothing'
  return typeof received === 'number' ? String(received) : String(cutJson(received, 200))
}

/** Removes the received value from the message; the caller appends it. */
const withoutReceived = (rule: string): string => rule.replace(/^Invalid input: (expected .+), received .+$/, '$1')

function invalid(all: Issue[]): AppError {
  const issues = all.slice(0, issuesMax)
  const more = all.length > issuesMax ? ` (and ${all.length - issuesMax} more)` : ''
  return new AppError('BAD_USER_INPUT', {
    message: `the rules are not valid: ${issues.map((i) => `${i.path}: ${i.message}`).join('; ')}${more}`,
    issues,
  })
}

const at = (value: unknown, path: readonly PropertyKey[]): unknown =>
  path.reduce<unknown>((inner, step) => (inner as Record<PropertyKey, unknown> | undefined)?.[step], value)
