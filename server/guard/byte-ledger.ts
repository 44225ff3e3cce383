import type { Client } from './fair-queue.ts'

/** Counts memory that is held for clients, with a limit per client and one for all. */
export class ByteLedger {
  private readonly byClient = new Map<string, number>()
  private inAll = 0

  constructor(
    protected readonly perClientMax: number,
    protected readonly inAllMax: number,
  ) {}

  get bytes(): number {
    return this.inAll
  }

  /** Whether more may be held for the client. A shared client has the limit of all clients. */
  hasRoom({ client, shared }: Client): boolean {
    return this.inAll < this.inAllMax && (shared || (this.byClient.get(client) ?? 0) < this.perClientMax)
  }

  /** @returns a function to call once the memory is free; further calls do nothing */
  add(client: string, bytes: number): () => void {
    this.inAll += bytes
    this.byClient.set(client, (this.byClient.get(client) ?? 0) + bytes)
    let isOpen = true
    return () => {
      if (!isOpen) return
      isOpen = false
      this.inAll -= bytes
      const left = (this.byClient.get(client) ?? 0) - bytes
      if (left > 0) this.byClient.set(client, left)
      else this.byClient.delete(client)
    }
  }
}
