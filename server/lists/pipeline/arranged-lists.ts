import type { Pick } from '../../../schema/graphql/recommendations.ts'
import { canonicalArguments, type ListArguments } from '../../query/canonical-arguments.ts'
import type { AppliedRules } from './applied-rules.ts'
import type { ListContext } from './list-context.ts'

interface Arranged {
  readonly applied: AppliedRules
  readonly generation: number
  readonly arguments: string
  readonly seed: string
  readonly picks: readonly Pick[]
}

/**
 * Caches the last arranged list of each ranking: most requests for one ranking have the same arguments. Valid for the
 * ranking (by identity: a newer revision is another object), the rules, the generation of the catalog and the
 * arguments. Does not cache rankings that no rule changes, and lists that change with time: those under `fatigue` or
 * `seen` rules.
 */
export class ArrangedLists {
  private readonly last = new WeakMap<object, Arranged>()

  get(ranking: object, context: ListContext, request: ListArguments): readonly Pick[] | undefined {
    const known = this.last.get(ranking)
    if (!known || known.applied !== context.applied || known.generation !== context.catalog.generation) return undefined
    if (known.seed !== seedOf(context) || known.arguments !== canonicalArguments(request)) return undefined
    return known.picks
  }

  /** Caches the picks where they may be cached. @returns `picks` */
  keep(ranking: object, context: ListContext, request: ListArguments, picks: readonly Pick[]): readonly Pick[] {
    const { applied, catalog } = context
    if (applied.isPlain || applied.rules.fatigue || applied.rules.seen) return picks
    const { generation } = catalog
    this.last.set(ranking, {
      applied,
      generation,
      arguments: canonicalArguments(request),
      seed: seedOf(context),
      picks,
    })
    return picks
  }
}

const seedOf = ({ rules, seed }: ListContext): string => (rules.exploration ? seed : '')
