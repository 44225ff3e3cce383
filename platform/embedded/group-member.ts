import { randomUUID } from 'node:crypto'
import { assignPartitions } from './assignment.ts'
import type { Coordination } from './coordination.ts'
import { isRunning, ownIdentity, type ProcessIdentity } from './process-identity.ts'

interface MemberRow {
  readonly topics: readonly string[]
  readonly process: ProcessIdentity
  /** Incremented by each heartbeat. */
  readonly beat: number
}

interface GroupRow {
  readonly generation: number
  readonly members: Readonly<Record<string, MemberRow>>
  /** Member id by `topic/partition`. An owner keeps a partition until it releases it or dies. */
  readonly owners: Readonly<Record<string, string>>
}

export interface Assignment {
  readonly generation: number
  /** Owned by this member, and still assigned to it. */
  readonly keep: ReadonlySet<string>
  /** Owned by this member, and to be released once the current batch is done. */
  readonly release: ReadonlySet<string>
}

export interface GroupMemberOptions {
  readonly group: string
  readonly partitionCounts: ReadonlyMap<string, number>
  /** A member without a heartbeat for this time is removed. The exit of its process is noticed at once. */
  readonly leaseMs: number
}

/**
 * One member of a group. Members share a row of the coordination file, and each computes the same assignment from it.
 *
 * A partition moves in two steps, so that it never has two owners: the old owner releases it (or dies), then the new
 * one takes it. A member is dead when its counter stops, by the observer's own monotonic clock: clocks of different
 * processes are never compared.
 */
export class GroupMember {
  private readonly process = ownIdentity()
  private readonly lastBeats = new Map<string, { beat: number; since: number }>()
  private id = randomUUID()
  private beat = 0
  private heardAt = Number.NEGATIVE_INFINITY

  constructor(
    private readonly coordination: Coordination,
    private readonly options: GroupMemberOptions,
  ) {}

  /** False when the others may have evicted this member. */
  get isHeard(): boolean {
    return performance.now() - this.heardAt < this.options.leaseMs * 0.7
  }

  /** Sends a heartbeat, and returns the assignment. `changed`: the other members should sync too. */
  sync(released: readonly string[]): { assignment: Assignment; changed: boolean; evicted: boolean } {
    const now = performance.now()
    const outcome = this.change((group) => {
      const wasMember = group.members[this.id] !== undefined
      const evicted = this.beat > 0 && !wasMember
      if (evicted) this.id = randomUUID()
      const members = this.liveMembers(group.members, now)
      for (const id of this.lastBeats.keys()) if (members[id] === undefined) this.lastBeats.delete(id)
      members[this.id] = { topics: this.topics, process: this.process, beat: ++this.beat }
      const { owners, target } = this.share(group, members, evicted ? [] : released)
      const changed = !wasMember || differs(group, members, owners)
      const generation = group.generation + (changed ? 1 : 0)
      const mine = Object.keys(owners).filter((key) => owners[key] === this.id)
      const assignment: Assignment = {
        generation,
        keep: new Set(mine.filter((key) => target.get(key) === this.id)),
        release: new Set(mine.filter((key) => target.get(key) !== this.id)),
      }
      return { group: { generation, members, owners }, result: { assignment, changed, evicted } }
    })
    this.heardAt = now
    return outcome
  }

  leave() {
    this.heardAt = Number.NEGATIVE_INFINITY
    this.change((group) => {
      const { [this.id]: _, ...members } = group.members
      const owners = Object.fromEntries(Object.entries(group.owners).filter(([, owner]) => owner !== this.id))
      return { group: { generation: group.generation + 1, members, owners }, result: undefined }
    })
  }

  private get topics(): readonly string[] {
    return [...this.options.partitionCounts.keys()]
  }

  private change<T>(change: (group: GroupRow) => { group: GroupRow; result: T }): T {
    const key = `group ${this.options.group}`
    return this.coordination.transact((rows) => {
      const { group, result } = change(rows.get<GroupRow>(key) ?? { generation: 0, members: {}, owners: {} })
      rows.put(key, group)
      return result
    })
  }

  private share(group: GroupRow, members: Record<string, MemberRow>, released: readonly string[]) {
    const held = Object.entries(group.owners).filter(
      ([key, owner]) => members[owner] !== undefined && !(owner === this.id && released.includes(key)),
    )
    const counts = new Map(this.options.partitionCounts)
    const views = Object.entries(members).map(([id, { topics }]) => ({ id, topics }))
    const target = assignPartitions(views, counts, new Map(held))
    const owners: Record<string, string> = Object.fromEntries(held)
    for (const [key, id] of target) owners[key] ??= id
    return { owners, target }
  }

  private liveMembers(members: Readonly<Record<string, MemberRow>>, now: number): Record<string, MemberRow> {
    return Object.fromEntries(
      Object.entries(members).filter(([id, member]) => id === this.id || !this.isDead(id, member, now)),
    )
  }

  private isDead(id: string, { beat, process }: MemberRow, now: number): boolean {
    const isOwnProcess = process.pid === this.process.pid && process.startedAt === this.process.startedAt
    if (!isOwnProcess && !isRunning(process)) return true
    const seen = this.lastBeats.get(id)
    if (seen?.beat === beat) return now - seen.since > this.options.leaseMs
    this.lastBeats.set(id, { beat, since: now })
    return false
  }
}

function differs(group: GroupRow, members: Record<string, MemberRow>, owners: Record<string, string>): boolean {
  const ids = Object.keys(members)
  if (ids.length !== Object.keys(group.members).length || ids.some((id) => group.members[id] === undefined)) return true
  const keys = Object.keys(owners)
  return keys.length !== Object.keys(group.owners).length || keys.some((key) => group.owners[key] !== owners[key])
}
