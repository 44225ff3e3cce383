import { Pickstream } from '@pickstream/client'

const clients = new Map<string, Pickstream>()

/** Returns the client of all elements with this URL: they share its connection and its queue of events. */
export function sharedClientOf(url: string): Pickstream {
  const client = clients.get(url) ?? new Pickstream({ url })
  clients.set(url, client)
  return client
}
