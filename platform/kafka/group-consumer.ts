import { setMaxListeners } from 'node:events'
import type { Logger } from '../logger.ts'
import { systemClock } from '../ports/clock.ts'
import type { BatchHandler, Consumption } from '../ports/event-log.ts'
import { FetchLoop } from './fetch-loop.ts'
import { GroupMember, type GroupMemberOptions } from './group-member.ts'
import type { KafkaConnection } from './kafka-connection.ts'
import { remedyOf, typeOf, unavailable } from './kafka-errors.ts'
import { OffsetCommitter } from './offset-committer.ts'
import { type LaneMembership, PartitionLane } from './partition-lane.ts'
import { settledWithin } from './settled-within.ts'

export interface GroupConsumerOptions extends GroupMemberOptions {
  readonly batchRecordsMax: number
  readonly heartbeatMs: number
  readonly fetchWaitMs: number
  readonly partitionBytesMax: number
  /** Returns the name in the code of a name on the brokers. */
  readonly nameOf: (topic: string) => string
  readonly logger: Logger
}

/** Why a generation ended. */
type Ending = 'stop' | 'rebalance' | 'lost'

const backoffMsMin = 100
const backoffMsMax = 2_000
/** A join may fail for some seconds, for example while the brokers load the group, or until a broker is replaced. */
const warnMs = 10_000
const partitionsAdded =
  'partitions were added to a topic: they are read, and their records are forwarded to the partitions of their users, but no ' +
  'process can be restarted in this epoch; raise PICKSTREAM_EPOCH (docs/scaling.md)'
const growthCheckMs = 60_000

/**
 * A member of a consumer group: joins, reads its partitions, and rejoins at each rebalance. It ends only by stop() or
 * by a permanent error (no right to read); all other errors are retried.
 */
export class GroupConsumer implements Consumption {
  readonly ended: Promise<void>
  private readonly member: GroupMember
  private readonly stopping = new AbortController()
  private readonly running: Promise<void>
  private drainMsMax: number

  constructor(
    private readonly connection: KafkaConnection,
    private readonly options: GroupConsumerOptions,
    private readonly handle: BatchHandler,
  ) {
    this.drainMsMax = Math.floor(options.rebalanceMs * 0.7)
    this.member = new GroupMember(connection, options)
    this.running = this.run()
    this.ended = this.running
    this.ended.catch(() => {}) // callers may await it; the rejection is handled here
  }

  async stop(drainMsMax = 10_000): Promise<void> {
    this.drainMsMax = drainMsMax
    this.stopping.abort()
    // The bound holds even during a join, which the library cannot cancel.
    await settledWithin(drainMsMax + 2_000, this.running)
    await settledWithin(2_000, this.connection.close())
  }

  private async run(): Promise<void> {
    let warnAt: number | undefined
    for (let backoffMs = backoffMsMin; !this.stopping.signal.aborted; ) {
      try {
        await this.joinGroup()
        backoffMs = backoffMsMin
        warnAt = undefined
      } catch (error) {
        if (this.stopping.signal.aborted) break
        if (remedyOf(error) === 'none')
          throw unavailable(`a permanent error ended the consumer of group "${this.options.groupId}"`, error)
        if (typeOf(error) === 'UNKNOWN_MEMBER_ID') this.member.forget()
        const now = performance.now()
        warnAt ??= now + warnMs
        const isLate = now >= warnAt
        if (isLate) warnAt = now + warnMs
        const details = { err: error, group: this.options.groupId }
        this.options.logger[isLate ? 'warn' : 'debug'](details, 'joining the group failed; retrying')
        await systemClock.sleep(backoffMs, this.stopping.signal)
        backoffMs = Math.min(2 * backoffMs, backoffMsMax)
      }
    }
    await this.member.leave().catch(() => {})
  }

  /** One generation, from the join to the next reason to join. */
  private async joinGroup(): Promise<void> {
    const assignment = await this.member.join()
    const positions = await this.positionsOf(assignment)
    const { logger, groupId } = this.options
    logger.info(
      { group: groupId, generation: this.member.generation, partitions: positions.length },
      'joined the group',
    )

    const closing = new AbortController()
    setMaxListeners(0, closing.signal) // one per lane
    let over = false
    const membership: LaneMembership = {
      generation: this.member.generation,
      closing: closing.signal,
      isOwned: () => !over && this.member.isAlive(performance.now()),
    }
    const committer = new OffsetCommitter(this.member, (error) =>
      logger.debug({ err: error }, 'commit failed; retrying'),
    )
    const onRoom = () => loop.wake()
    const lanes = positions.map((position) => this.lane(position, membership, committer, onRoom))
    const loop = new FetchLoop(this.connection, lanes, {
      waitMs: this.options.fetchWaitMs,
      partitionBytesMax: this.options.partitionBytesMax,
      onError: (error) => logger.debug({ err: error, group: groupId }, 'fetch failed; retrying'),
    })

    const ending = await this.keepAlive(this.stopping.signal, true)
    closing.abort()
    void loop.stop() // responses in flight are dropped on arrival
    if (ending !== 'lost') {
      await this.drain(lanes)
      await committer.end().catch((error) => logger.debug({ err: error }, 'the last commit failed'))
    }
    over = true
    logger.info({ group: groupId, generation: membership.generation, ending }, 'left the generation')
  }

  /** Waits for the batches in progress, within the bound, and sends heartbeats meanwhile. */
  private async drain(lanes: readonly PartitionLane[]): Promise<void> {
    const drained = new AbortController()
    const alive = this.keepAlive(drained.signal, false)
    const bound = systemClock.sleep(this.drainMsMax, drained.signal)
    await Promise.race([Promise.all(lanes.map(({ ended }) => ended)), bound, alive])
    drained.abort()
    await alive
  }

  private async positionsOf(assignment: Record<string, number[]>) {
    const positions: { topic: string; partition: number; offset: number }[] = []
    for (const [topic, partitions] of Object.entries(assignment)) {
      const committed = await this.member.committed(topic, partitions)
      // A group without a commit begins at 0; the loop moves it to the oldest record.
      for (const partition of partitions) positions.push({ topic, partition, offset: committed.get(partition) ?? 0 })
    }
    return positions
  }

  private lane(
    { topic, partition, offset }: { topic: string; partition: number; offset: number },
    membership: LaneMembership,
    committer: OffsetCommitter,
    onRoom: () => void,
  ): PartitionLane {
    const { batchRecordsMax, nameOf, logger } = this.options
    return new PartitionLane(topic, partition, offset, this.handle, membership, {
      topicName: nameOf(topic),
      batchRecordsMax,
      bufferRecordsMax: 2 * batchRecordsMax,
      onDone: (_, nextOffset) => committer.add(topic, partition, nextOffset),
      onRoom,
      onError: (error) =>
        logger.warn({ err: error, topic, partition }, 'handling a batch failed; it is delivered again'),
    })
  }

  /** Sends heartbeats until the generation ends or the signal is aborted. */
  private async keepAlive(signal: AbortSignal, untilRebalance: boolean): Promise<Ending> {
    let growthCheckAt = performance.now() + growthCheckMs
    let pauseMs = this.options.heartbeatMs
    for (;;) {
      await systemClock.sleep(pauseMs, signal)
      if (signal.aborted) return 'stop'
      pauseMs = this.options.heartbeatMs
      try {
        await this.member.heartbeat()
        if (performance.now() < growthCheckAt) continue
        growthCheckAt = performance.now() + growthCheckMs
        if (!(await this.member.hasGrown())) continue
        this.options.logger.error({ group: this.options.groupId, topics: this.options.topics }, partitionsAdded)
        return 'rebalance'
      } catch (error) {
        const type = typeOf(error)
        if (type === 'REBALANCE_IN_PROGRESS') {
          if (untilRebalance) return 'rebalance'
          continue
        }
        if (type === 'UNKNOWN_MEMBER_ID') this.member.forget()
        if (type === 'UNKNOWN_MEMBER_ID' || type === 'ILLEGAL_GENERATION') return 'lost'
        if (!this.member.isAlive(performance.now())) return 'lost'
        pauseMs = Math.min(500, this.options.heartbeatMs)
      }
    }
  }
}
