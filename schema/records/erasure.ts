import { createHash } from 'node:crypto'
import { revisionOf } from '../revision.ts'
import type { LogPosition } from './placed.ts'

/** The headers of a tombstone on topics user-vectors and picks: where the record stands that erased the user. */
export const erasureHeaders = ({ partition, offset }: LogPosition, epoch: number): Record<string, string> => ({
  partition: String(partition),
  offset: String(offset),
  epoch: String(epoch),
})

/** The revision of an erasure: every list of a smaller one is older. */
export const erasedAt = (headers: Readonly<Record<string, string>>): bigint =>
  revisionOf(Number(headers.offset ?? -1), Number(headers.epoch ?? 0))

/** Under which table erasures keeps that a user was erased, without naming them. */
export const erasureKey = (userId: string): string => createHash('sha256').update(userId).digest('hex')
