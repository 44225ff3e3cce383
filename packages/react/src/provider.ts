import type { Pickstream } from '@pickstream/client'
import { createContext, createElement, type ReactElement, type ReactNode, useContext } from 'react'

const ClientContext = createContext<Pickstream | undefined>(undefined)

export interface PickstreamProviderProps {
  /** One client for the whole page. */
  readonly client: Pickstream
  readonly children?: ReactNode
}

/** Provides the client to the hooks of components below it. */
export function PickstreamProvider({ client, children }: PickstreamProviderProps): ReactElement {
  return createElement(ClientContext.Provider, { value: client }, children)
}

/** Returns the client of the PickstreamProvider above. @throws Error if there is none */
export function usePickstream(): Pickstream {
  const client = useContext(ClientContext)
  if (!client) throw new Error('usePickstream: expected a <PickstreamProvider client={…}> above this component')
  return client
}
