import type { Item } from '../../../schema/graphql/item.ts'
import type { Catalog } from '../../catalog/catalog.ts'

type Variant = Pick<Item, 'groupId'>

/** The groups that already have an item in the list; a list has one item per group. */
export class TakenGroups {
  private readonly groups = new Set<string>()

  has({ groupId }: Variant): boolean {
    return groupId !== null && this.groups.has(groupId)
  }

  add({ groupId }: Variant): void {
    if (groupId !== null) this.groups.add(groupId)
  }
}

/** Maximum variants of one group that are tested. */
export const variantsMax = 100

/**
 * Replaces an item that may not be listed, for example because the filter requires another color: returns the
 * best-selling item of its group that may; undefined where none of the best-selling `variantsMax` may.
 */
export function variantInstead(
  { groupId }: Item,
  catalog: Catalog,
  mayList: (item: Item) => boolean,
): Item | undefined {
  if (groupId === null) return undefined
  for (const id of catalog.variantsOf(groupId).slice(0, variantsMax)) {
    const item = catalog.get(id)
    if (item && mayList(item)) return item
  }
  return undefined
}
