import { Pickstream } from '@pickstream/client'

const clients = new Map<string, Pickstream>()

/** The client of all elements of the page with this address: they share its connection and its queue of events. */
export function sharedClientOf(url: string): Pickstream {
  const client = clients.get(url) ?? new Pickstream({ url })
  clients.set(url, client)
  return client
}
