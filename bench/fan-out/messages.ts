/** Requests of the bench to its servers and clients, and their answers. */
export type ServerOrder =
  /** Makes ready what `push` will send, so that making it is not measured. */
  | { readonly kind: 'prepare'; readonly users: readonly number[] }
  | { readonly kind: 'push' }
  /** Answered after garbage collections. */
  | { readonly kind: 'memory' }

export type CrowdOrder =
  /** Opens sockets, each watching a user of its own; answered when every one has its first message. */
  | { readonly kind: 'open'; readonly sockets: number; readonly firstUser: number }
  /** Lets every socket watch `user` too; answered as `open` is. */
  | { readonly kind: 'watch'; readonly user: number }
  /** Answered once this number of further messages has arrived. */
  | { readonly kind: 'await'; readonly messages: number }

export type Answer = { readonly kind: 'done' } | MemoryAnswer

export interface MemoryAnswer {
  readonly kind: 'memory'
  /** Bytes of resident memory without mapped files: pages of a database file in the system's cache do not count. */
  readonly resident: number
  /** Bytes of objects and buffers in use. */
  readonly used: number
}
