import type { HomeArgs } from '../../../schema/graphql/home.ts'
import { type ParsedListRequest, parseListRequest } from '../list-request.ts'

/** A validated request for a start page; `first` is the maximum number of items per row. */
export interface HomeRequest extends ParsedListRequest {
  /** Maximum rows. */
  readonly rows: number
}

/** Minimum items of a row. */
export const rowItemsMin = 4
const rowsMax = 20
const rowsDefault = 6
const firstDefault = 12
const placementDefault = 'home'

/** @throws AppError BAD_USER_INPUT with an issue for every broken rule: path, rule and value received */
export function parseHomeRequest({ userId, rows: given, first, filter, placement }: HomeArgs): HomeRequest {
  const rows = given ?? rowsDefault
  const requested = { first, filter, placement: placement ?? placementDefault }
  const list = parseListRequest(requested, firstDefault, (check) => {
    check.id(userId, 'userId')
    check.require(rows >= 1 && rows <= rowsMax, 'rows', `1..${rowsMax}`, rows)
  })
  return { ...list, rows }
}
