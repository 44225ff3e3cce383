import { createHash } from 'node:crypto'
import { parse as parseYaml, YAMLParseError } from 'yaml'
import { z } from 'zod'
import { AppError, type Issue } from './app-error.ts'
import { checkYaml } from './yaml-bounds.ts'

/**
 * Business rules: what the shop's owner wants of a list beyond what the visitor's history says. A YAML document; every
 * list names the variant that ranked it. Applied by workers/recommend/apply-rules.ts in the order of the fields here.
 */
const id = z.string().min(1).max(256)
const name = z.string().regex(/^[a-z0-9][a-z0-9-]{0,31}$/, 'expected lower-case letters, digits and -, at most 32')
const share = z.number().min(0).max(1)

const boost = z
  .strictObject({
    category: id.optional(),
    tag: id.optional(),
    item: id.optional(),
    /** Multiplies the score: 1 changes nothing, 0 puts it last. */
    factor: z.number().min(0).max(100),
  })
  .refine((one) => [one.category, one.tag, one.item].filter((label) => label !== undefined).length === 1, {
    message: 'expected exactly one of category, tag, item',
  })

const pin = z.strictObject({
  item: id,
  /** From 1. The item stands there as long as the visitor may see it. */
  position: z.int().min(1).max(100),
})

const rulesSchema = z.strictObject({
  boosts: z.array(boost).max(1000).default([]),
  /** A new item's bonus halves in so many days; left out: no bonus. */
  freshnessHalfLifeDays: z.number().positive().max(3650).optional(),
  /** Share of the shown list that one category may take; counted over the first 20. */
  maxCategoryShare: z.number().gt(0).max(1).optional(),
  /** Share of chance in the order, for items that nobody has tried yet. */
  exploration: share.default(0),
  pins: z.array(pin).max(20).default([]),
})

const documentSchema = z.strictObject({
  ...rulesSchema.shape,
  experiment: z
    .strictObject({
      name,
      variants: z
        .array(z.strictObject({ name, share, rules: rulesSchema.partial().default({}) }))
        .min(2)
        .max(10)
        .refine((variants) => Math.abs(variants.reduce((sum, one) => sum + one.share, 0) - 1) < 1e-6, {
          message: "expected the variants' shares to sum up to 1",
        })
        .refine((variants) => new Set(variants.map((one) => one.name)).size === variants.length, {
          message: 'expected distinct names',
        }),
    })
    .optional(),
})

export type Rules = z.output<typeof rulesSchema>
export type RulesDocument = z.output<typeof documentSchema>

export const noRules: RulesDocument = documentSchema.parse({})

/** @throws AppError BAD_USER_INPUT that lists the problems: path, rule and value received */
export function parseRules(source: string): RulesDocument {
  let value: unknown
  try {
    checkYaml(source)
    // The whole text is checked above, so that no warning goes to the log.
    value = parseYaml(source, { logLevel: 'error' }) ?? {}
  } catch (error) {
    const where = error instanceof YAMLParseError && error.linePos ? `line ${error.linePos[0].line}: ` : ''
    const text = error instanceof Error ? error.message.split('\n')[0] : String(error)
    throw invalid([{ path: 'rules', message: `${where}${text}` }])
  }
  const parsed = documentSchema.safeParse(value)
  if (parsed.success) return parsed.data
  throw invalid(
    parsed.error.issues.map((issue) => ({
      path: ['rules', ...issue.path].join('.'),
      message: `${issue.message.slice(0, messageLengthMax)}, got ${JSON.stringify(at(value, issue.path))?.slice(0, 200)}`,
    })),
  )
}

const issuesMax = 20
/** An unknown key is named in full by its message. */
const messageLengthMax = 500

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

/**
 * The rules for one user, and the variant they come from: `experiment~variant`, the same for a user as long as the
 * experiment runs.
 */
export function rulesFor(document: RulesDocument, userId: string): { rules: Rules; variant: string | null } {
  const { experiment, ...rules } = document
  if (experiment === undefined) return { rules, variant: null }
  let place = unitHash(`${experiment.name}\0${userId}`)
  let chosen = experiment.variants[experiment.variants.length - 1]!
  for (const one of experiment.variants) {
    if (place < one.share) {
      chosen = one
      break
    }
    place -= one.share
  }
  return { rules: { ...rules, ...chosen.rules }, variant: `${experiment.name}~${chosen.name}` }
}

/** Uniform in [0, 1). */
function unitHash(text: string): number {
  return createHash('sha256').update(text).digest().readUInt32BE(0) / 2 ** 32
}
