import { AppError } from '../../schema/app-error.ts'
import type { Identity } from '../guard/identity.ts'

interface Limits {
  readonly inAllMax: number
  /** Limit per shopper, or per network until the shopper is known. 0: no limit. */
  readonly perClientMax: number
}

/** One counted WebSocket or event stream. */
export interface OpenConnection {
  /** Counts it for the shopper instead of the network. @returns false if the shopper has reached the limit */
  claim(identity: Identity): boolean
  /** Further calls do nothing. */
  close(): void
}

/** Counts the WebSockets and event streams of a server, which share one limit in all and one per client. */
export class OpenConnections {
  private readonly byKey = new Map<string, number>()
  private inAll = 0

  constructor(private readonly limits: Limits) {}

  /** @throws AppError UNAVAILABLE or RATE_LIMITED if no further connection of this address may be opened */
  check(address: string): void {
    const { inAllMax, perClientMax } = this.limits
    if (this.inAll >= inAllMax) {
      throw new AppError('UNAVAILABLE', { message: `expected at most ${inAllMax} sockets and event streams at once` })
    }
    if (this.hasRoom(address)) return
    throw new AppError('RATE_LIMITED', {
      message: `expected at most ${perClientMax} sockets and event streams of one client`,
    })
  }

  /** Counts a connection. Call `check` first. */
  open(address: string): OpenConnection {
    let key = address
    let isOpen = true
    this.inAll++
    this.count(key, 1)
    return {
      // Many shoppers may share a network, so a shopper's sockets do not count against it.
      claim: ({ role, client }) => {
        if (role !== 'shopper' || !isOpen) return true
        if (!this.hasRoom(client)) return false
        this.count(key, -1)
        key = client
        this.count(key, 1)
        return true
      },
      close: () => {
        if (!isOpen) return
        isOpen = false
        this.inAll--
        this.count(key, -1)
      },
    }
  }

  private hasRoom(key: string): boolean {
    const { perClientMax } = this.limits
    return perClientMax === 0 || (this.byKey.get(key) ?? 0) < perClientMax
  }

  private count(key: string, change: 1 | -1): void {
    const count = (this.byKey.get(key) ?? 0) + change
    if (count > 0) this.byKey.set(key, count)
    else this.byKey.delete(key)
  }
}
