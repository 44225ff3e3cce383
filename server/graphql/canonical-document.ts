import { type DocumentNode, Kind, print, type SelectionNode, type SelectionSetNode, visit } from 'graphql'

/**
 * Returns the canonical text of a document: the same for all documents of the same meaning that client tools make from
 * one source. Removes comments and the `__typename` fields that caches add, and sorts definitions and selections. The
 * order of a mutation's own fields is kept, because they run in that order.
 */
export function canonicalText(document: DocumentNode): string {
  const sorted = visit(document, {
    SelectionSet: {
      leave(node, _key, parent): SelectionSetNode {
        const kept = node.selections.filter((selection) => !isAddedTypename(selection))
        const selections = kept.length > 0 ? kept : node.selections
        return { ...node, selections: runsInOrder(parent) ? selections : byText(selections) }
      },
    },
    Field: { leave: (node) => ({ ...node, arguments: node.arguments && byText(node.arguments) }) },
  })
  return byText(sorted.definitions).map(print).join('\n')
}

const isAddedTypename = (selection: SelectionNode): boolean =>
  selection.kind === Kind.FIELD &&
  selection.name.value === '__typename' &&
  !selection.alias &&
  !selection.directives?.length

const runsInOrder = (parent: unknown): boolean =>
  (parent as { kind?: string; operation?: string } | undefined)?.operation === 'mutation'

const byText = <Node extends Parameters<typeof print>[0]>(nodes: readonly Node[]): Node[] =>
  nodes
    .map((node) => ({ node, text: print(node) }))
    .sort((a, b) => (a.text < b.text ? -1 : a.text > b.text ? 1 : 0))
    .map(({ node }) => node)
