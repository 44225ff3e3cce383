import { decodeVersioned, encodeVersioned } from './codec.ts'

/** How long an announcement is valid, ms. */
export const watchedMs = 60_000

const version = 1

/** A record of topic watched-users. @param hashes as made by userHash */
export const encodeWatched = (hashes: readonly string[]): Uint8Array => encodeVersioned(version, hashes)

export const decodeWatched = (bytes: Uint8Array): readonly string[] =>
  decodeVersioned<string[]>(version, bytes, 'watched-users')
