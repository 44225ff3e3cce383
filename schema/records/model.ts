import { decodeVersioned, encodeVersioned } from './codec.ts'

/** The record of topic `models` under key `serving`: which model every worker and server loads from table models. */
export interface ServingModel {
  readonly version: number
  readonly trainedAt: number
  readonly events: number
  readonly users: number
  readonly items: number
  readonly chunks: number
  /** Quality on the newest events when it was published, and quality of the model that it replaced. */
  readonly validation: { readonly hr: number; readonly mrr: number; readonly ndcg: number; readonly n: number } | null
  /** The command that requested it, if there was one. */
  readonly commandId: string | null
}

/** Record under key `outcome/<commandId>`: the outcome of a command. A tombstone follows later. */
export interface CommandOutcome {
  readonly commandId: string
  readonly published: boolean
  readonly reason: string | null
  readonly version: number
  /** For a refresh or a rebuild: number of users reached. */
  readonly users?: number
}

export const servingKey = 'serving'
/** Every stored model also has a record under `version/<version>`. */
export const versionPrefix = 'version/'
export const outcomePrefix = 'outcome/'
export const outcomeKey = (commandId: string): string => outcomePrefix + commandId

/** A record of topic `commands`. */
export type Command =
  | { readonly kind: 'retrain'; readonly id: string }
  | { readonly kind: 'roll-back'; readonly id: string; readonly version: number }
  | { readonly kind: 'refresh-all'; readonly id: string }
  | { readonly kind: 'rebuild'; readonly id: string }

/** Id of a scheduled retraining: the version it is for, and its reason. */
export const automaticId = (version: number, occasion: string): string => `auto/${version}/${occasion}`
/** The version of a scheduled retraining. Undefined for a manual command. */
export const automaticVersion = (commandId: string): number | undefined => {
  const version = /^auto\/(\d+)\//.exec(commandId)?.[1]
  return version === undefined ? undefined : Number(version)
}

export const encodeServing = (model: ServingModel): Uint8Array => encodeVersioned(1, model)
export const decodeServing = (bytes: Uint8Array): ServingModel => decodeVersioned(1, bytes, 'serving model')
export const encodeOutcome = (outcome: CommandOutcome): Uint8Array => encodeVersioned(1, outcome)
export const decodeOutcome = (bytes: Uint8Array): CommandOutcome => decodeVersioned(1, bytes, 'command outcome')
export const encodeCommand = (command: Command): Uint8Array => encodeVersioned(1, command)
export const decodeCommand = (bytes: Uint8Array): Command => decodeVersioned(1, bytes, 'command')
