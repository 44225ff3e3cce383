interface IdentifiedList {
  readonly id: string
  readonly revision: string
}

/**
 * Whether a list is to be shown in place of another one of the same user and arguments: it is newer, or it has the same
 * revision and other items, because one is not available anymore or the rules have changed. False for the same list, and
 * for an older one, which a server that is behind may send.
 */
export const replacesList = (next: IdentifiedList, last: IdentifiedList | undefined): boolean =>
  last === undefined || (next.revision >= last.revision && next.id !== last.id)

/** Calls back with each list that replaces the one before; with the first one where there is no `initial`. */
export function listsThatReplace<List extends IdentifiedList>(
  onList: (list: List) => void,
  initial?: List,
): (list: List) => void {
  let last = initial
  return (next) => {
    if (!replacesList(next, last)) return
    last = next
    onList(next)
  }
}
