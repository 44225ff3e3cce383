import { hash } from 'node:crypto'
import type { Experiment, RuleSet, RulesDocument, When } from '../../../schema/rules.ts'

/** The rules of one list. The same object as long as the rules say the same: caches compare by identity. */
export interface AppliedRules {
  /** Without what is for other placements or times. Conditions on what the list is about are still in it. */
  readonly rules: RuleSet
  /** Of the experiments that the list takes part in; null: none. */
  readonly variant: string | null
  /** Whether a list under these rules is the ranking itself. */
  readonly isPlain: boolean
}

/** A variant that was drawn for a user. */
export interface ChosenVariant {
  /** `experiment~variant`. */
  readonly name: string
  readonly rules: RuleSet
}

/**
 * The variants of a user in the experiments that run at a placement, in the order of the document. A user has the same
 * variant of an experiment as long as its name, its shares and the order of its variants stay.
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
 * The rules that hold at a placement at a time: the shop's, replaced rule by rule by those of the placement, then by
 * those of the variants in their order.
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

/** @returns the first time after `now` at which other rules hold; undefined: never */
export function nextChange(document: RulesDocument, now: number): number | undefined {
  let next: number | undefined
  const note = ({ from, until }: { readonly from?: number | undefined; readonly until?: number | undefined } = {}) => {
    for (const at of [from, until]) if (at !== undefined && at > now && !(at >= next!)) next = at
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

/** Placements that the document says something about; all others follow the shop's rules. */
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
  let place = unitHash(`${name}\0${userId}`)
  for (const one of variants) {
    if (place < one.share) return one
    place -= one.share
  }
  return variants[variants.length - 1]!
}

/** Uniform in [0, 1). */
const unitHash = (text: string): number => hash('sha256', text, 'buffer').readUInt32BE(0) / 2 ** 32
