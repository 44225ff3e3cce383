import { silentLogger } from '../../../../platform/logger.ts'
import { systemClock } from '../../../../platform/ports/clock.ts'
import { encodeItem, type ItemRecord } from '../../../../schema/records/item.ts'
import { parseRules } from '../../../../schema/rules.ts'
import { Catalog } from '../../../catalog/catalog.ts'
import { parseListRequest } from '../../list-request.ts'
import { isPlain, rulesAt } from '../applied-rules.ts'
import { createListContext, type ListContext, type ListSubject } from '../list-context.ts'

interface Fields extends Partial<ListSubject> {
  readonly request?: ListContext['request']
  /** YAML. Default: none. */
  readonly rules?: string
}

export function aListContext(catalog: Catalog, { request, rules: source = '', ...subject }: Fields = {}): ListContext {
  const rules = rulesAt(parseRules(source), null, [], 0)
  const applied = { rules, variant: null, isPlain: isPlain(rules) }
  const fields = { applied, now: 0, rankedAt: 0, seed: 'seed', ...subject }
  return createListContext(catalog, request ?? parseListRequest({ first: 100 }), fields)
}

export function aCatalog(...items: readonly (Partial<ItemRecord> & { readonly id: string })[]): Catalog {
  const catalog = new Catalog(silentLogger, systemClock)
  const head = { topic: 'items', partition: 0, appendedAt: 0, headers: {} }
  catalog.apply(
    items.map((item, offset) => ({
      ...head,
      offset,
      key: item.id,
      value: encodeItem({ v: 1, title: item.id, ...item }),
    })),
  )
  return catalog
}
