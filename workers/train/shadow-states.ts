import { partitionOf } from '../../platform/partitioner.ts'
import type { StoredRecord } from '../../platform/ports/event-log.ts'
import { decodeInteraction, type InteractionRecord, type RestoreRecord } from '../../schema/records/interaction.ts'
import type { RecordAuthenticator } from '../../schema/records/record-authenticator.ts'
import type { UserState } from '../../schema/records/user-state.ts'
import { hasHistory } from '../embed/erasure.ts'
import { hashOfId } from '../embed/event-ids.ts'
import { updateUser } from '../embed/update-user.ts'

/** Users whose hash leaves this rest. */
export interface UserShard {
  readonly count: number
  readonly index: number
}

/** The factors and the epoch are of no account for what is kept of a user. */
const noContext = { model: null, epoch: 0 }

/**
 * What the log says of some users, told by the embed stage's own function and kept beside it. Stored states are not asked,
 * and what an earlier rebuild restored is not believed: its record counts as a wish for a new list.
 */
export class ShadowStates {
  private readonly states = new Map<string, UserState>()

  /** @param partitions of topic interactions: a record outside its user's is forwarded, and applied where it is forwarded to */
  constructor(
    private shard: UserShard,
    private readonly partitions: number,
    private readonly authenticator: RecordAuthenticator,
  ) {}

  get size(): number {
    return this.states.size
  }

  /** @returns the record, where it is one of a rebuild and of these users */
  apply({ key, value, appendedAt, partition, offset, headers, undecodable }: StoredRecord): RestoreRecord | undefined {
    if (undecodable !== undefined || (key !== '' && !this.applies(key, partition))) return undefined
    try {
      const record = decodeInteraction(key, value, appendedAt)
      const { userId } = record
      if (!this.applies(userId, partition)) return undefined
      this.authenticator.checkSigned(record, { value, headers })
      const source = this.authenticator.sourceOf({ key, value, headers })
      const arrival = { key: userId, position: { partition, offset }, appendedAt, source }
      const { state } = updateUser(replayed(record), arrival, this.states.get(userId), noContext)
      if (state) this.states.set(userId, state)
      return record.kind === 'restore' ? record : undefined
    } catch {
      return undefined // a dead letter changes no state
    }
  }

  /** Users of whom something is known. */
  known(): string[] {
    return [...this.states].filter(([, state]) => hasHistory(state)).map(([userId]) => userId)
  }

  /** Undefined for strangers and the erased. */
  get(userId: string): UserState | undefined {
    const state = this.states.get(userId)
    return state && hasHistory(state) ? state : undefined
  }

  /** Keeps half of the users. @returns the other half's slice */
  split(): UserShard {
    const { count, index } = this.shard
    this.shard = { count: 2 * count, index }
    for (const key of this.states.keys()) if (!this.has(key)) this.states.delete(key)
    return { count: 2 * count, index: index + count }
  }

  private applies(userId: string, partition: number): boolean {
    return this.has(userId) && partitionOf(userId, this.partitions) === partition
  }

  private has(key: string): boolean {
    return hashOfId(key).readUInt32LE() % this.shard.count === this.shard.index
  }
}

const replayed = (record: InteractionRecord): InteractionRecord =>
  record.kind === 'restore' ? { v: 1, kind: 'refresh', userId: record.userId } : record
