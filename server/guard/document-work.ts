import { type DocumentNode, GraphQLError, Kind, type SelectionSetNode } from 'graphql'

/**
 * Maximum comparisons of fields in validation. The rule OverlappingFieldsCanBeMerged compares every two fields of one
 * response path and every two fragments of one selection set, which is quadratic in the document.
 */
export const comparisonsMax = 100_000

interface Counts {
  /** Fields by their response path, relative to the operation or fragment that contains them. */
  readonly byPath: Map<string, number>
  /** Fields by response key: in fragments, and in all. */
  readonly inFragments: Map<string, number>
  readonly inAll: Map<string, number>
  depth: number
  /** Sum of the fields of all selection sets that spread fragments. */
  besideSpreads: number
}

/**
 * Returns an upper estimate of the comparisons of validation, in time linear in the document.
 * @returns the error to report if it exceeds `comparisonsMax`
 */
export function checkComparisons(document: DocumentNode): GraphQLError | undefined {
  const comparisons = estimateComparisons(document)
  if (comparisons <= comparisonsMax) return undefined
  return new GraphQLError(
    `expected a document whose fields and fragments need at most ${comparisonsMax} comparisons, got one that may need ${comparisons}: ` +
      'select a field once, and spread fewer fragments',
  )
}

export function estimateComparisons({ definitions }: DocumentNode): number {
  const counts: Counts = { byPath: new Map(), inFragments: new Map(), inAll: new Map(), depth: 1, besideSpreads: 0 }
  let fragments = 0
  let operations = 0
  definitions.forEach((definition, n) => {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments++
    else if (definition.kind === Kind.OPERATION_DEFINITION) operations++
    else return
    countFields(definition.selectionSet, `${n}`, definition.kind === Kind.FRAGMENT_DEFINITION, counts)
  })
  let within = 0
  for (const count of counts.byPath.values()) within += (count * (count - 1)) / 2
  let across = 0
  for (const [key, count] of counts.inFragments) across += count * (counts.inAll.get(key) ?? 0)
  // Two fields are compared again for every selection set above them; two fragments twice, exclusive types or not; the
  // variables of every operation are looked up in every fragment.
  return within * counts.depth + across + (2 * fragments + operations + counts.besideSpreads) * fragments
}

/** Not recursive: the parser limits the tokens of a document, the depth rule comes later. */
function countFields(root: SelectionSetNode, path: string, inFragment: boolean, counts: Counts): void {
  const pathIds = new Map<string, string>()
  const waiting = [{ set: root, path, depth: 1 }]
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    const { set, path, depth } = next
    let fields = 0
    let spreads = 0
    for (const selection of set.selections) {
      if (selection.kind === Kind.FRAGMENT_SPREAD) {
        spreads++
        continue
      }
      if (selection.kind === Kind.INLINE_FRAGMENT) {
        waiting.push({ set: selection.selectionSet, path, depth: depth + 1 })
        continue
      }
      fields++
      const key = selection.alias?.value ?? selection.name.value
      const ownPath = idOf(`${path}.${key}`, pathIds, path)
      add(counts.byPath, ownPath)
      add(counts.inAll, key)
      if (inFragment) add(counts.inFragments, key)
      if (selection.selectionSet) waiting.push({ set: selection.selectionSet, path: ownPath, depth: depth + 1 })
    }
    counts.depth = Math.max(counts.depth, depth)
    if (spreads > 0) counts.besideSpreads += fields + spreads
  }
}

/** Short name of a path, so that deep paths do not grow quadratically. */
function idOf(path: string, ids: Map<string, string>, parent: string): string {
  let id = ids.get(path)
  if (id === undefined) ids.set(path, (id = `${parent.split(':')[0]}:${ids.size}`))
  return id
}

const add = (counts: Map<string, number>, key: string) => counts.set(key, (counts.get(key) ?? 0) + 1)
