/** What the bench tells its servers and crowds, and what they answer. */
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
  /** Answered once so many more messages have come. */
  | { readonly kind: 'await'; readonly messages: number }

export type Answer = { readonly kind: 'done' } | MemoryAnswer

export interface MemoryAnswer {
  readonly kind: 'memory'
  /** Bytes of resident memory without mapped files: what a database file has in the system's cache is not the process's. */
  readonly resident: number
  /** Bytes of objects and buffers in use. */
  readonly used: number
}
