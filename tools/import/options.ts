import type { ReadFlags } from './read-flags.ts'

/** The options of `npm run import`. */
export interface ImportOptions extends ReadFlags {
  readonly events?: string
  readonly items?: string
  readonly url: string
  readonly token?: string
  readonly batch: number
  readonly live: boolean
  /** Undo the events of the file instead of recording them. */
  readonly undo: boolean
  readonly strict: boolean
  readonly wait: boolean
  readonly resume: boolean
  readonly retrySeconds: number
  /** Read and report only. */
  readonly check: boolean
  /** Do not ask before the first large import. */
  readonly yes: boolean
}
