import type { Pickstream } from '@pickstream/client'
import { createContext, createElement, type ReactElement, type ReactNode, useContext } from 'react'

const ClientContext = createContext<Pickstream | undefined>(undefined)

export interface PickstreamProviderProps {
  /** One client for the whole page. */
  readonly client: Pickstream
  readonly children?: ReactNode
}

/** Gives the hooks below it their client. */
export function PickstreamProvider({ client, children }: PickstreamProviderProps): ReactElement {
  return createElement(ClientContext.Provider, { value: client }, children)
}

/** The client of the PickstreamProvider above; throws where there is none. */
export function usePickstream(): Pickstream {
  const client = useContext(ClientContext)
  if (!client) throw new Error('usePickstream: expected a <PickstreamProvider client={…}> above this component')
  return client
}
