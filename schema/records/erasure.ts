import { createHash } from 'node:crypto'

/** What table erasures keeps for a reader with a token. */
export interface DoneErasure {
  readonly offset: number
  readonly backfilled: number
}

export const encodeDoneErasure = ({ offset, backfilled }: DoneErasure): Uint8Array =>
  Buffer.from(backfilled < 0 ? String(offset) : `${offset} ${backfilled}`)

export function decodeDoneErasure(bytes: Uint8Array): DoneErasure {
  const [offset, backfilled = '-1'] = Buffer.from(bytes).toString('utf8').split(' ')
  return { offset: Number(offset), backfilled: Number(backfilled) }
}

/** Under which table erasures keeps that a user was erased, without naming them. */
export const erasureKey = (userId: string): string => createHash('sha256').update(userId).digest('hex')
