import type { Item } from '../../../schema/graphql/item.ts'
import type { Catalog } from '../../catalog/catalog.ts'

type Variant = Pick<Item, 'groupId'>

/** The groups that a list has an item of: it takes no other one of them. */
export class TakenGroups {
  private readonly groups = new Set<string>()

  has({ groupId }: Variant): boolean {
    return groupId !== null && this.groups.has(groupId)
  }

  add({ groupId }: Variant): void {
    if (groupId !== null) this.groups.add(groupId)
  }
}

/** Variants of one product that are looked at. */
export const variantsMax = 100

/**
 * Returns the best-selling item of the same group that may be listed, in place of one that may not, for example since a
 * filter asks for another color; undefined where none of the
 * best-selling `variantsMax` may.
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
