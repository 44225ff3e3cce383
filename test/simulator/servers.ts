import { silentLogger } from '../../platform/logger.ts'
import { messageOf } from '../../schema/app-error.ts'
import { erasedAt } from '../../schema/records/headers.ts'
import { listRevision, type StoredList } from '../../schema/records/list.ts'
import { writeTimestampIn } from '../../schema/revision.ts'
import { tables } from '../../schema/tables.ts'
import { topics } from '../../schema/topics.ts'
import { CurrentLists } from '../../server/lists/current-lists.ts'
import { ListCache, type ListEntry } from '../../server/lists/list-cache.ts'
import { ListTail } from '../../server/lists/list-tail.ts'
import { OwnPartitions } from '../../server/lists/own-partitions.ts'
import { Dice } from './dice.ts'
import type { Owner } from './scheduler.ts'
import type { World } from './world.ts'

/** Few lists at a time: most of those that were pushed have been evicted when they are asked for. */
const cacheBytesChoices = [1, 2_500, 1_000_000] as const
const readersEach = 2
const readsMax = 80
/** Of a server that follows the partitions of its own users only. */
const ownIdleMs = 200
const serversMax = 3

type Report = (problem: string) => void

/**
 * Servers beside the stages: the tail, the cache and the reads of the real server, open pages of about half of the users,
 * and readers who ask again and again. No answer may be older than what the server had shown, or anybody had been shown
 * when the server started, at the time the question was asked. Two lists of one revision must be equal, also from different servers.
 */
export class SimServers {
  /** Answers that were given. */
  answers = 0
  private readonly dice: Dice
  private readonly running = new Set<SimServer>()
  private readonly shownByAny = new Map<string, bigint>()
  /** By user and revision: the list that was shown first. */
  private readonly listsByRevision = new Map<string, string>()
  private started = 0

  constructor(
    private readonly world: World,
    private readonly users: readonly string[],
    seed: number,
    private readonly report: Report,
  ) {
    this.dice = new Dice(seed)
  }

  /** One more, beside those that run. */
  start(): void {
    if (this.running.size >= serversMax) return
    const owner = { name: `server-${++this.started}`, alive: true }
    this.world.scheduler.note(`${owner.name} starts`)
    const options = { cacheBytes: this.dice.pick(cacheBytesChoices), followsOwn: this.dice.chance(0.5) }
    const server = new SimServer(owner, this.world, options, new Map(this.shownByAny))
    // Partitions with a page are not released: few pages where that is to happen.
    const pages = this.users.filter(() => this.dice.chance(options.followsOwn ? 0.1 : 0.5))
    this.running.add(server)
    server
      .start(pages, (userId, entry) => this.show(server, userId, entry))
      .then(() => Promise.all(Array.from({ length: readersEach }, () => this.askAgainAndAgain(server))))
      .catch((error) => this.report(`${owner.name} cannot start: ${messageOf(error)}`))
  }

  crashOne(): void {
    const server = this.dice.pick([...this.running])
    if (server) this.crash(server)
  }

  crashAll(): void {
    for (const server of this.running) this.crash(server)
  }

  startMissing(): void {
    if (this.running.size === 0) this.start()
  }

  private crash(server: SimServer): void {
    const { log, scheduler } = this.world
    scheduler.note(`${server.owner.name} dies`)
    this.running.delete(server)
    log.crash(server.owner)
    scheduler.crash(server.owner)
  }

  private async askAgainAndAgain(server: SimServer): Promise<void> {
    for (let n = 0; n < readsMax; n++) {
      await this.world.scheduler.call(server.owner, 'a reader comes', () => {})
      const userId = this.dice.pick(this.users)
      const floor = server.shown.get(userId) ?? -1n
      const entry = await server.read(userId).catch(() => undefined)
      if (entry === undefined) continue // UNAVAILABLE: the reader asks again
      this.answers++
      if (entry.revision < floor && !(entry.list === undefined && this.isErasedAfter(userId, floor))) {
        this.report(`${server.owner.name} shows ${userId} ${entry.revision}, after ${floor} was shown`)
      }
      this.show(server, userId, entry)
    }
  }

  private show(server: SimServer, userId: string, entry: ListEntry): void {
    const { revision } = entry
    this.isOneListOfItsRevision(userId, entry)
    for (const shown of [server.shown, this.shownByAny]) {
      if (revision > (shown.get(userId) ?? -1n)) shown.set(userId, revision)
    }
  }

  private isOneListOfItsRevision(userId: string, { list }: ListEntry): void {
    if (list === undefined) return
    const name = `${userId} ${listRevision(list)}`
    const shown = contentOf(list)
    const before = this.listsByRevision.get(name) ?? shown
    this.listsByRevision.set(name, before)
    if (before !== shown) this.report(`${name} is shown as ${shown}, and was shown as ${before}`)
  }

  /** Whoever was erased has no list, and the answer does not say since when. */
  private isErasedAfter(userId: string, shown: bigint): boolean {
    const { world } = this
    const floor = writeTimestampIn(shown)
    const cell = world.store.tables.get(tables.listsByUser.name)?.get(userId)?.rows.get('')
    if (cell?.value === null && cell.at >= floor) return true
    return world
      .records(topics.lists)
      .some(({ key, value, headers }) => key === userId && value === null && erasedAt(headers) >= floor)
  }
}

/** The part of a server that shows lists, as server/services.ts puts it together. */
class SimServer {
  private readonly cache: ListCache
  private readonly tail: ListTail
  private readonly lists: CurrentLists
  private readonly own: OwnPartitions | undefined
  private readonly follow: () => Promise<unknown>

  constructor(
    readonly owner: Owner,
    world: World,
    { cacheBytes, followsOwn }: { readonly cacheBytes: number; readonly followsOwn: boolean },
    /** The newest position of each user that this server has shown, or anybody before it started. */
    readonly shown: Map<string, bigint>,
  ) {
    const { workings } = world
    const clock = world.scheduler.clockOf(owner)
    const log = workings.serverLog(world.log.forOwner(owner))
    const store = world.store.forOwner(owner)
    const unstored = workings.unstored({ log, clock, logger: silentLogger })
    this.cache = new ListCache(clock, cacheBytes)
    this.tail = new ListTail(this.cache, unstored, silentLogger)
    const ofOwn = { log, clock, logger: silentLogger, tail: this.tail, cache: this.cache, unstored, idleMs: ownIdleMs }
    this.own = followsOwn ? new OwnPartitions(ofOwn) : undefined
    const followed = this.own ?? this.tail
    this.lists = new CurrentLists({ log, store, clock, listCache: this.cache, followed, unstored })
    this.follow = async () => {
      if (this.own) await this.own.start()
      else {
        await this.tail.follow(log)
        await this.tail.caughtUp
      }
    }
  }

  /** @param onShown called for what an open page of each user is shown */
  async start(users: readonly string[], onShown: (userId: string, entry: ListEntry) => void): Promise<void> {
    await this.follow()
    for (const userId of users) {
      await this.own?.ready([userId])
      this.tail.listen(userId, (entry) => {
        // As an open page: after its first read, and only what is newer.
        if (entry.revision > (this.shown.get(userId) ?? -1n)) onShown(userId, entry)
      })
    }
  }

  read = async (userId: string): Promise<ListEntry> => this.cache.get(userId) ?? (await this.lists.read(userId))
}

const contentOf = ({ unseen, seen, ...rest }: StoredList): string =>
  JSON.stringify({ ...rest, unseen: [...unseen], seen: [...seen] })
