interface IdentifiedList {
  readonly id: string
  readonly revision: string
}

/**
 * Whether a list replaces another one of the same user and arguments: it is newer, or it has the same revision and
 * other items, because one is no longer available or the rules have changed. False for the same list, and for an
 * older one, which a server that lags may send.
 */
const replacesList = (next: IdentifiedList, last: IdentifiedList | undefined): boolean =>
  last === undefined || (next.revision >= last.revision && next.id !== last.id)

/**
 * Returns a function that calls back with each list that replaces the one before; without `initial`, also with the
 * first.
 */
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
