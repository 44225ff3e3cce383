import { partitionOf } from '../../platform/partitioner.ts'
import type { StoredRecord } from '../../platform/ports/event-log.ts'
import { decodeInteraction, type InteractionRecord, type RestoreRecord } from '../../schema/records/interaction.ts'
import type { RecordAuthenticator } from '../../schema/records/record-authenticator.ts'
import type { UserState } from '../../schema/records/user-state.ts'
import { hasHistory } from '../embed/erasure.ts'
import { hashOfId } from '../embed/event-ids.ts'
import { updateUser } from '../embed/update-user.ts'

/** Selects the users with this remainder of the hash. */
export interface UserShard {
  readonly count: number
  readonly index: number
}

/** The factors and the epoch do not affect what is stored of a user. */
const noContext = { model: null, epoch: 0 }

/**
 * States of some users according to the log, computed by the embed stage's own function and kept in memory. Stored
 * states are not read, and a restore of an earlier rebuild counts only as a request for a new list.
 */
export class ShadowStates {
  private readonly states = new Map<string, UserState>()

  /**
   * @param partitions of topic interactions: a record outside its user's partition is forwarded, and applied where it
   * is forwarded to
   */
  constructor(
    private shard: UserShard,
    private readonly partitions: number,
    private readonly authenticator: RecordAuthenticator,
  ) {}

  get size(): number {
    return this.states.size
  }

  /** @returns the record if it is one of a rebuild and of these users */
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

  /** Users with a state. */
  known(): string[] {
    return [...this.states].filter(([, state]) => hasHistory(state)).map(([userId]) => userId)
  }

  /** undefined for unknown and erased users. */
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
