/** What the command line of `npm run import` may say. */
export interface ImportOptions {
  readonly events?: string
  readonly items?: string
  readonly url: string
  readonly map?: string
  readonly itemsMap?: string
  readonly type?: string
  readonly token?: string
  readonly batch: number
  readonly pace: boolean
  readonly strict: boolean
  readonly wait: boolean
  readonly resume: boolean
  readonly patience: number
}
