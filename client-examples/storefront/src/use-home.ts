import { observeHold } from '@pickstream/client'
import { useEffect, useReducer, useState } from 'react'
import { useClient } from 'urql'
import { HomeDocument, type HomeSubscription } from './generated/graphql.ts'

export type HomeRow = HomeSubscription['homeUpdated']['rows'][number]

/** The rows that are shown, and the update that waits while they are hovered. */
export interface HeldRows {
  readonly shown: readonly HomeRow[] | undefined
  readonly waiting: readonly HomeRow[] | undefined
  readonly held: boolean
}

export type RowsChange =
  | { readonly type: 'arrived'; readonly rows: readonly HomeRow[] }
  | { readonly type: 'held' }
  | { readonly type: 'released' }

export const noRows: HeldRows = { shown: undefined, waiting: undefined, held: false }

export function changeRows(state: HeldRows, what: RowsChange): HeldRows {
  switch (what.type) {
    case 'arrived':
      return state.held && state.shown
        ? { ...state, waiting: what.rows }
        : { ...state, shown: keepSame(state.shown, what.rows), waiting: undefined }
    case 'held':
      return { ...state, held: true }
    case 'released':
      return {
        shown: state.waiting ? keepSame(state.shown, state.waiting) : state.shown,
        waiting: undefined,
        held: false,
      }
  }
}

/** Rows with an unchanged id have the same picks: keeps their objects, so that React does not render them again. */
function keepSame(before: readonly HomeRow[] | undefined, rows: readonly HomeRow[]): readonly HomeRow[] {
  const known = new Map(before?.map((row) => [row.id, row]))
  return rows.map((row) => known.get(row.id) ?? row)
}

/** The live start page of one visitor: the current one first, then each newer one. */
export function useHome(userId: string) {
  const client = useClient()
  const [state, dispatch] = useReducer(changeRows, noRows)
  const [failure, setFailure] = useState<string>()

  useEffect(() => {
    const { unsubscribe } = client.subscription(HomeDocument, { userId }).subscribe(({ data, error }) => {
      setFailure(error?.message)
      if (data) dispatch({ type: 'arrived', rows: data.homeUpdated.rows })
    })
    return unsubscribe
  }, [client, userId])

  const [element, holdRef] = useState<HTMLElement | null>(null)
  useEffect(() => {
    if (element) return observeHold(element, (held) => dispatch({ type: held ? 'held' : 'released' }))
  }, [element])

  return { rows: state.shown, holdRef, failure }
}
