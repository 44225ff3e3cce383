import type { Logger } from '../../../platform/logger.ts'
import type { Clock } from '../../../platform/ports/clock.ts'
import { messageOf } from '../../../schema/app-error.ts'
import { joinVariants } from '../../../schema/recommendation-id.ts'
import type { RuleSet, RulesDocument } from '../../../schema/rules.ts'
import { WakeTimer } from '../../wake-timer.ts'
import {
  type AppliedRules,
  type ChosenVariant,
  chooseVariants,
  isPlain,
  nextChange,
  placementsOf,
  rulesAt,
} from './applied-rules.ts'

interface Deps {
  readonly clock: Clock
  readonly logger: Logger
}

/** Maximum cached rule sets, one per placement and combination of variants; beyond, the cache is cleared. */
const appliedMax = 1_000

/**
 * The current rules of each placement and variant. Dated rules start and end without an event: reads compare them with
 * the clock, and a timer notifies the listeners, so that open lists are pushed again.
 */
export class RulesInForce {
  private readonly clock: Clock
  private readonly listeners = new Set<() => void>()
  private read: RulesDocument | undefined
  private placements: ReadonlySet<string> = new Set()
  /** Until when the cached rules hold, ms since 1970; undefined: until the document changes. */
  private until: number | undefined
  private known = new Map<string, AppliedRules>()
  /** By their JSON, across changes of the document: equal rules are the same object. */
  private readonly byText = new Map<string, AppliedRules>()
  /** Fires when a dated rule next starts or ends; a read may notice it before. */
  private readonly timer: WakeTimer

  /** @param document returns the newest document that this server has read */
  constructor(
    private readonly document: () => RulesDocument,
    { clock, logger }: Deps,
  ) {
    this.clock = clock
    const onError = (error: unknown) =>
      logger.error({ reason: messageOf(error) }, 'dated rules could not be applied to open pages')
    this.timer = new WakeTimer({ clock, onTime: () => this.changed(), onError })
  }

  /**
   * @param placement null: none
   * @param userId null: a list for no user in particular, which takes part in no experiment
   */
  rulesFor(placement: string | null, userId: string | null): AppliedRules {
    const now = this.clock.now()
    this.refresh(now)
    const document = this.read!
    const named = placement !== null && this.placements.has(placement) ? placement : null
    if (userId === null || document.experiments.length === 0) return this.resolved(named, [], null, now)
    const variants = chooseVariants(document, named, userId, now)
    return this.resolved(named, variants, joinVariants(variants.map(({ name }) => name)), now)
  }

  /** Calls `listener` when the rules may have changed: with the document, or as a dated rule starts or ends. */
  onChange(listener: () => void): () => void {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }

  /** To be called after the document has changed. */
  changed(): void {
    this.refresh(this.clock.now())
    this.timer.set(this.until)
    for (const listener of this.listeners) listener()
  }

  close(): void {
    this.timer.stop()
    this.listeners.clear()
  }

  private resolved(
    placement: string | null,
    variants: readonly ChosenVariant[],
    variant: string | null,
    now: number,
  ): AppliedRules {
    const key = variant === null ? (placement ?? '') : `${placement ?? ''}\n${variant}`
    let applied = this.known.get(key)
    if (applied) return applied
    if (this.known.size >= appliedMax) this.known.clear()
    this.known.set(key, (applied = this.shared(rulesAt(this.read!, placement, variants, now), variant)))
    return applied
  }

  private refresh(now: number): void {
    const document = this.document()
    if (document === this.read && (this.until === undefined || now < this.until)) return
    if (document !== this.read) this.placements = placementsOf(document)
    this.read = document
    this.until = nextChange(document, now)
    this.known = new Map()
  }

  private shared(rules: RuleSet, variant: string | null): AppliedRules {
    const text = `${variant ?? ''}\n${JSON.stringify(rules)}`
    let applied = this.byText.get(text)
    if (applied) return applied
    if (this.byText.size >= appliedMax) this.byText.clear()
    this.byText.set(text, (applied = { rules, variant, isPlain: isPlain(rules) }))
    return applied
  }
}
