/** What the bench tells its servers and crowds, and what they answer. */
export type ServerOrder =
  | { readonly kind: 'push'; readonly users: readonly number[] }
  /** Answered with the bytes of memory, after a garbage collection. */
  | { readonly kind: 'memory' }

export type CrowdOrder =
  /** Opens sockets, each watching a user of its own; answered when every one has its first message. */
  | { readonly kind: 'open'; readonly sockets: number; readonly firstUser: number }
  /** Lets every socket watch `user` too; answered as `open` is. */
  | { readonly kind: 'watch'; readonly user: number }
  /** Answered once so many more messages have come. */
  | { readonly kind: 'await'; readonly messages: number }

export type Answer = { readonly kind: 'done' } | { readonly kind: 'memory'; readonly bytes: number }
