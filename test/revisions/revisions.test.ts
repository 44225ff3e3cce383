import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Recommender } from '../../engine/recommender.ts'
import type { StoredRecord } from '../../platform/ports/event-log.ts'
import type { InteractionRecord } from '../../schema/records/interaction.ts'
import { listRevision, openList, type StoredList } from '../../schema/records/list.ts'
import type { UserVector } from '../../schema/records/user-vector.ts'
import { formatRevision, parseRevision } from '../../schema/revision.ts'
import { tables } from '../../schema/tables.ts'
import { topics } from '../../schema/topics.ts'
import { ListCache, rowOfRecord } from '../../server/lists/list-cache.ts'
import { computeList } from '../../workers/recommend/compute-list.ts'
import { newestPerKey } from '../../workers/runner/newest-per-key.ts'
import { rowWriter } from '../../workers/runner/row-writer.ts'
import { topology } from '../../workers/topology.ts'
import { aQuietWorld } from '../support/drive.ts'
import { anInteraction, aRefresh, aStoredRecord, EmbedHarness } from '../support/interactions.ts'

/**
 * One user of whom events come, are sent again and are given again by the log, while the item side changes. Vectors are
 * ranked as often and as late as two workers can; lists are stored in any batches, by a sink that starts again from any
 * earlier place or was taken for dead and still writes; a server reads the topic in its order.
 */
const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ does: fc.constant('event' as const), id: fc.nat(30) }) },
  fc.record({ does: fc.constant('refresh' as const) }),
  fc.record({ does: fc.constant('embed again' as const), back: fc.nat(3) }),
  fc.record({ does: fc.constant('item side' as const), id: fc.nat(9) }),
  { weight: 4, arbitrary: fc.record({ does: fc.constant('rank' as const), back: fc.nat(3) }) },
  { weight: 3, arbitrary: fc.record({ does: fc.constant('store' as const), back: fc.nat(6), count: fc.nat(6) }) },
)
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never

const user = 'ann'

class History {
  readonly lists: StoredRecord[] = []
  /** What the table had after each step. */
  readonly rows: StoredList[] = []
  /** What a page of this user was shown, one after the other. */
  readonly shown: StoredList[] = []
  private readonly world = aQuietWorld()
  private readonly embed = new EmbedHarness()
  private readonly records: InteractionRecord[] = []
  private readonly vectors: UserVector[] = []
  private readonly recommender = new Recommender()
  private readonly cache = new ListCache({ now: () => 0, sleep: async () => {} }, 1_000_000)

  constructor() {
    for (let n = 0; n < 4; n++) this.addItem(`item-${n}`)
  }

  async take(one: Step): Promise<void> {
    switch (one.does) {
      case 'event':
        this.feed(anInteraction({ userId: user, eventId: `event-${one.id}`, itemId: `item-${one.id % 4}` }))
        break
      case 'refresh':
        this.feed(aRefresh(user))
        break
      case 'embed again': {
        // A worker that has not saved its states: it starts from those of before and emits the same again.
        const from = Math.max(0, this.records.length - one.back)
        const again = new EmbedHarness()
        again.feedAll(...this.records.slice(0, from))
        this.emit(again.feedAll(...this.records.slice(from)))
        break
      }
      case 'item side':
        this.addItem(`new-${one.id}`)
        break
      case 'rank':
        this.rank(this.vectors.at(-1 - one.back))
        break
      case 'store':
        await this.store(Math.max(0, this.lists.length - one.back), one.count)
    }
    const row = this.row()
    if (row) this.rows.push(row)
  }

  storeAll = () => this.store(0, this.lists.length)

  row(): StoredList | undefined {
    const bytes = this.world.simStore.rows(tables.listsByUser).get(`${user}/`)
    return bytes && openList(bytes)
  }

  private feed(record: InteractionRecord): void {
    this.records.push(record)
    this.emit([this.embed.feed(record)])
  }

  private emit(results: ReturnType<EmbedHarness['feedAll']>): void {
    for (const { vectors } of results) for (const vector of vectors) if (vector) this.vectors.push(vector)
  }

  private rank(vector: UserVector | undefined): void {
    if (!vector) return
    const offset = this.lists.length
    const arrival = {
      key: user,
      value: null,
      position: { partition: 0, offset },
      appendedAt: 0,
      now: offset,
      headers: {},
    }
    const context = { recommender: this.recommender, modelVersion: 0, logTime: 0, storedMax: 20 }
    const [emit] = computeList(vector, arrival, context).emits!
    const record = aStoredRecord({ topic: topics.lists, key: user, offset, value: emit!.value!() })
    this.lists.push(record)
    const entry = this.cache.putFromTail(user, rowOfRecord(record), true)
    if (entry) this.shown.push(entry.list!)
  }

  private async store(from: number, count: number): Promise<void> {
    const { sink } = topology
    for (const record of newestPerKey(sink, this.lists.slice(from, from + count), [])) {
      const arrival = { key: user, value: null, position: record, appendedAt: 0, now: 0, headers: {} }
      const { rows } = sink.run(sink.decode(record), arrival, undefined, undefined)
      await this.world.until(rowWriter(this.world.store)(rows!))
    }
  }

  private addItem(id: string): void {
    const item = { id, title: id, description: null, categories: ['a'], tags: [], price: null, available: true }
    this.recommender.putItem({ ...item, publishedAt: null })
  }
}

const contentOf = ({ unseen, seen, ...rest }: StoredList): string =>
  JSON.stringify({ ...rest, unseen: [...unseen], seen: [...seen] })

/** @throws where two lists of one revision differ */
function oneListEach(lists: readonly StoredList[]): void {
  const known = new Map<bigint, string>()
  for (const list of lists) {
    const [revision, content] = [listRevision(list), contentOf(list)]
    expect(known.get(revision) ?? content).toBe(content)
    known.set(revision, content)
  }
}

const risesOnly = (lists: readonly StoredList[]): boolean =>
  lists.every((list, n) => n === 0 || listRevision(list) >= listRevision(lists[n - 1]!))

test('either nothing changes or the revision rises, in the topic, in the table and on the page', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
      const history = new History()
      for (const one of steps) await history.take(one)
      await history.storeAll()

      const inTopic = history.lists.map(({ value, offset }) => openList(value!, offset))
      oneListEach([...inTopic, ...history.rows, ...history.shown])
      expect(risesOnly(history.rows)).toBe(true)
      expect(risesOnly(history.shown)).toBe(true)
      const newest = history.row()
      expect(newest && listRevision(newest)).toBe(
        history.shown.length > 0 ? listRevision(history.shown.at(-1)!) : undefined,
      )
    }),
    { numRuns: 300 },
  )
})

test('a retried event makes no vector, so no list', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(8), { minLength: 1, maxLength: 30 }), (ids) => {
      const embed = new EmbedHarness()
      const counted = new Set<number>()
      for (const id of ids) {
        const { vectors, outcome } = embed.feed(anInteraction({ eventId: `event-${id}`, itemId: `item-${id}` }))
        expect(vectors).toHaveLength(counted.has(id) ? 0 : 1)
        expect(outcome.state?.position.offset).toBe(embed.offset)
        counted.add(id)
      }
    }),
  )
})

test('revisions compare as the texts that clients see', () => {
  const place = fc.record({ offset: fc.nat(), place: fc.integer({ min: -1, max: 2 ** 31 }), epoch: fc.nat(16_383) })
  const timeline = fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 2 ** 44 }))
  fc.assert(
    fc.property(place, place, timeline, timeline, (a, b, one, other) => {
      const [x, y] = [a, b].map(({ offset, ...rest }) => listRevision({ position: { partition: 0, offset }, ...rest }))
      expect(formatRevision(x!, one) < formatRevision(y!, one)).toBe(x! < y!)
      if (one !== other) expect(formatRevision(x!, one) < formatRevision(y!, other)).toBe(one < other)
      expect(parseRevision(formatRevision(x!, one))).toEqual({ revision: x, timeline: one })
    }),
  )
})
