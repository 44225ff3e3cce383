import { hash } from 'node:crypto'
import type { Experiment, RuleSet, RulesDocument, When } from '../../../schema/rules.ts'

/** The rules of one list. Equal rules are the same object: caches compare by identity. */
export interface AppliedRules {
  /** Without rules for other placements or times. Conditions on the subject of the list are not evaluated yet. */
  readonly rules: RuleSet
  /** Names of the variants of the experiments that apply to the list; null: none. */
  readonly variant: string | null
  /** Whether no rule changes the ranking. */
  readonly isPlain: boolean
}

/** The variant of an experiment that is assigned to a user. */
export interface ChosenVariant {
  /** `experiment~variant`. */
  readonly name: string
  readonly rules: RuleSet
}

/**
 * The variants of a user in the experiments that run at a placement, in the order of the document. The assignment of an
 * experiment stays the same as long as its name, its shares and the order of its variants do.
 */
export function chooseVariants(
  { experiments }: RulesDocument,
  placement: string | null,
  userId: string,
  now: number,
): ChosenVariant[] {
  const running = experiments.filter(
    (one) => (one.placement === undefined || one.placement === placement) && isDuring(one, now),
  )
  return running.map((experiment) => {
    const { name, rules } = variantOf(experiment, userId)
    return { name: `${experiment.name}~${name}`, rules }
  })
}

/**
 * The rules of a placement at a time: rules of the placement replace rules of the shop of the same name, and rules of
 * the variants, in their order, replace both.
 */
export function rulesAt(
  document: RulesDocument,
  placement: string | null,
  variants: readonly ChosenVariant[],
  now: number,
): RuleSet {
  const rules: RuleSet = { ...document.shop, ...(placement === null ? {} : document.placements[placement]) }
  for (const variant of variants) Object.assign(rules, variant.rules)
  const holds = ({ when }: { readonly when?: When | undefined }) => isNow(when, placement, now)
  const { boosts, pins, filters } = rules
  if (boosts) rules.boosts = boosts.filter(holds)
  if (pins) rules.pins = pins.filter(holds)
  if (filters) rules.filters = filters.filter(holds)
  return rules
}

export const isPlain = ({ maxCategoryShare, freshnessHalfLifeDays, exploration, ...rules }: RuleSet): boolean =>
  maxCategoryShare === undefined &&
  freshnessHalfLifeDays === undefined &&
  !exploration &&
  Object.values(rules).every((rule) => rule === undefined || (Array.isArray(rule) && rule.length === 0))

/** @returns when a dated rule next starts or ends after `now`, ms since 1970; undefined: never */
export function nextChange(document: RulesDocument, now: number): number | undefined {
  let next: number | undefined
  const note = ({ from, until }: { readonly from?: number | undefined; readonly until?: number | undefined } = {}) => {
    for (const at of [from, until]) {
      if (at !== undefined && at > now && (next === undefined || at < next)) next = at
    }
  }
  const noteAll = ({ boosts = [], pins = [], filters = [] }: RuleSet) => {
    for (const { when } of [...boosts, ...pins, ...filters]) note(when)
  }
  noteAll(document.shop)
  Object.values(document.placements).forEach(noteAll)
  for (const experiment of document.experiments) {
    note(experiment)
    for (const { rules } of experiment.variants) noteAll(rules)
  }
  return next
}

/** Placements that the document names; all others have the rules of the shop. */
export function placementsOf(document: RulesDocument): ReadonlySet<string> {
  const names = new Set(Object.keys(document.placements))
  const note = (placement: string | undefined) => placement !== undefined && names.add(placement)
  const noteAll = ({ boosts = [], pins = [], filters = [] }: RuleSet) => {
    for (const { when } of [...boosts, ...pins, ...filters]) note(when?.placement)
  }
  noteAll(document.shop)
  Object.values(document.placements).forEach(noteAll)
  for (const experiment of document.experiments) {
    note(experiment.placement)
    for (const { rules } of experiment.variants) noteAll(rules)
  }
  return names
}

const isNow = (when: When | undefined, placement: string | null, now: number): boolean =>
  when === undefined || ((when.placement === undefined || when.placement === placement) && isDuring(when, now))

const isDuring = (
  { from, until }: { readonly from?: number | undefined; readonly until?: number | undefined },
  now: number,
): boolean => (from === undefined || from <= now) && (until === undefined || now < until)

function variantOf({ name, variants }: Experiment, userId: string): Experiment['variants'][number] {
  let left = unitHash(`${name}\0${userId}`)
  for (const one of variants) {
    if (left < one.share) return one
    left -= one.share
  }
  return variants[variants.length - 1]!
}

/** Uniform in [0, 1). */
const unitHash = (text: string): number => hash('sha256', text, 'buffer').readUInt32BE(0) / 2 ** 32
