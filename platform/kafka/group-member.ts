import { type Assignment, assignCoPartitioned } from './co-partitioning.ts'
import type { KafkaConnection } from './kafka-connection.ts'
import { typeOf } from './kafka-errors.ts'
import { type KafkaBroker, type KafkaCluster, membershipCodec } from './kafkajs-internals.ts'

export interface GroupMemberOptions {
  /** The name on the brokers, with the namespace. */
  readonly groupId: string
  /** Names on the brokers. */
  readonly topics: readonly string[]
  /** A member without a heartbeat for this time loses its partitions. */
  readonly sessionMs: number
  /** How long a rebalance waits for every member to rejoin. */
  readonly rebalanceMs: number
}

const protocolName = 'pickstream-co-partitioned'
const { MemberAssignment, MemberMetadata } = membershipCodec

/**
 * The membership in a group: join, heartbeat, commit, leave. It has no loop and no timer: the caller decides when.
 * Every method rejects with the error of the brokers, and may be called again.
 */
export class GroupMember {
  private memberId = ''
  private generationId = -1
  private aliveUntil = 0
  private partitionCounts = new Map<string, number>()
  private leading = false

  constructor(
    private readonly connection: KafkaConnection,
    private readonly options: GroupMemberOptions,
  ) {}

  /** The group's generation: the number of its rebalances, the same for all its members. */
  get generation(): number {
    return this.generationId
  }

  /** False once the group may have reassigned the partitions of this member: no response for a whole session. */
  isAlive(now: number): boolean {
    return now < this.aliveUntil
  }

  /** Joins the next generation. Resolves when every member has joined or timed out. */
  async join(): Promise<Assignment> {
    const { groupId, sessionMs, rebalanceMs, topics } = this.options
    const joined = await this.onCoordinator(
      (coordinator) =>
        coordinator.joinGroup({
          groupId,
          sessionTimeout: sessionMs,
          rebalanceTimeout: rebalanceMs,
          memberId: this.memberId,
          groupProtocols: [{ name: protocolName, metadata: MemberMetadata.encode({ version: 1, topics }) }],
        }),
      sessionMs + rebalanceMs, // the response is sent when every member has joined
    )
    this.memberId = joined.memberId
    this.generationId = joined.generationId
    this.leading = joined.leaderId === joined.memberId
    const groupAssignment = this.leading ? await this.assign(joined.members) : []
    const askedAt = performance.now()
    const { memberAssignment } = await this.onCoordinator((coordinator) =>
      coordinator.syncGroup({
        groupId,
        generationId: this.generationId,
        memberId: this.memberId,
        groupAssignment,
      }),
    )
    // From the request on, not the response: the group counts from when it received the request.
    this.aliveUntil = askedAt + sessionMs
    return MemberAssignment.decode(memberAssignment)?.assignment ?? {}
  }

  /** @throws with type REBALANCE_IN_PROGRESS when the group is about to rebalance. */
  async heartbeat(): Promise<void> {
    const askedAt = performance.now()
    try {
      await this.onCoordinator((coordinator) =>
        coordinator.heartbeat({
          groupId: this.options.groupId,
          groupGenerationId: this.generationId,
          memberId: this.memberId,
        }),
      )
    } catch (error) {
      // The coordinator requests a rejoin, but has renewed the session.
      if (typeOf(error) !== 'REBALANCE_IN_PROGRESS') throw error
      this.aliveUntil = askedAt + this.options.sessionMs
      throw error
    }
    this.aliveUntil = askedAt + this.options.sessionMs
  }

  /** Returns per partition the first offset that is not committed; undefined if there never was a commit. */
  async committed(topic: string, partitions: readonly number[]): Promise<Map<number, number | undefined>> {
    return this.onCoordinator((coordinator) => committedOffsets(coordinator, this.options.groupId, topic, partitions))
  }

  /** @param offsets topic → partition → the first offset that is not done. Rejects when the generation is over. */
  async commit(offsets: ReadonlyMap<string, ReadonlyMap<number, number>>): Promise<void> {
    if (offsets.size === 0) return
    await this.onCoordinator((coordinator) =>
      coordinator.offsetCommit({
        groupId: this.options.groupId,
        groupGenerationId: this.generationId,
        memberId: this.memberId,
        topics: [...offsets].map(([topic, partitions]) => ({
          topic,
          partitions: [...partitions].map(([partition, offset]) => ({ partition, offset: String(offset) })),
        })),
      }),
    )
  }

  /** Whether a topic has more partitions than at the last join. Always false for members that do not lead the group. */
  async hasGrown(): Promise<boolean> {
    if (!this.leading) return false
    const counts = await this.countPartitions([...this.partitionCounts.keys()])
    return [...counts].some(([topic, count]) => count !== this.partitionCounts.get(topic))
  }

  /** Leaves the group, so that the others need not wait for the session timeout. */
  async leave(): Promise<void> {
    const { groupId } = this.options
    const { memberId } = this
    if (memberId === '') return
    this.aliveUntil = 0
    this.memberId = ''
    await this.onCoordinator((coordinator) => coordinator.leaveGroup({ groupId, memberId }))
  }

  /** After UNKNOWN_MEMBER_ID: the next join is that of a new member. */
  forget(): void {
    this.memberId = ''
    this.aliveUntil = 0
  }

  private async countPartitions(topics: Iterable<string>): Promise<Map<string, number>> {
    const counts = new Map<string, number>()
    for (const topic of topics) counts.set(topic, (await this.connection.leaders(topic)).length)
    return counts
  }

  private async assign(members: readonly { readonly memberId: string; readonly memberMetadata: Buffer }[]) {
    const known = members.map(({ memberId, memberMetadata }) => ({
      memberId,
      topics: MemberMetadata.decode(memberMetadata).topics,
    }))
    this.partitionCounts = await this.countPartitions(new Set(known.flatMap(({ topics }) => topics)))
    return [...assignCoPartitioned(known, this.partitionCounts)].map(([memberId, assignment]) => ({
      memberId,
      memberAssignment: MemberAssignment.encode({ version: 1, assignment }),
    }))
  }

  private onCoordinator<Result>(request: (coordinator: KafkaBroker) => Promise<Result>, msMax?: number) {
    return onCoordinator(this.connection, this.options.groupId, request, msMax)
  }
}

const coordinators = new WeakMap<object, Map<string, KafkaBroker>>()
const coordinatorMoved = new Set(['NOT_COORDINATOR_FOR_GROUP', 'GROUP_COORDINATOR_NOT_AVAILABLE'])

/** Runs a request on the coordinator of a group, which is looked up once, and again after it has moved. */
export function onCoordinator<Result>(
  connection: KafkaConnection,
  groupId: string,
  request: (coordinator: KafkaBroker) => Promise<Result>,
  msMax?: number,
): Promise<Result> {
  const onCluster = async (cluster: KafkaCluster) => {
    const known = coordinators.get(cluster) ?? new Map<string, KafkaBroker>()
    coordinators.set(cluster, known)
    const coordinator = known.get(groupId) ?? (await cluster.findGroupCoordinator({ groupId }))
    known.set(groupId, coordinator)
    try {
      return await request(coordinator)
    } catch (error) {
      const type = typeOf(error)
      if (type === undefined || coordinatorMoved.has(type)) known.delete(groupId)
      throw error
    }
  }
  return connection.use(onCluster, msMax)
}

export async function committedOffsets(
  coordinator: KafkaBroker,
  groupId: string,
  topic: string,
  partitions: readonly number[],
): Promise<Map<number, number | undefined>> {
  const { responses } = await coordinator.offsetFetch({
    groupId,
    topics: [{ topic, partitions: partitions.map((partition) => ({ partition })) }],
  })
  return new Map(
    responses
      .flatMap((response) => response.partitions)
      .map(({ partition, offset }) => [partition, Number(offset) < 0 ? undefined : Number(offset)]),
  )
}
