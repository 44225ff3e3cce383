import type { Candidates } from '../lists/of-user.ts'
import { featureCount } from '../rank/features.ts'
import type { Recommender } from '../recommender.ts'
import type { Interaction } from '../types.ts'
import type { UserSnapshot } from '../user/snapshot.ts'
import { type ChosenWeights, chooseWeights } from './choose-weights.ts'
import { type LabeledList, SampleCollector } from './samples.ts'

/** Minimum queries for a fit. */
const queriesMin = 200
/** Maximum candidates kept per list, and maximum relevant candidates of one session-start list. */
const candidatesKeptMax = 160
const relevantMax = 64

/** A list from the start of a session, and its candidates that the session touched. */
interface OpenSession extends LabeledList {
  positions: Map<number, number>
  relevant: number[]
  find: Candidates['find']
}

/**
 * Collects labeled queries during a replay of the log. Two kinds: lists right before an event, and lists at the start
 * of a session, labeled with all items that the session then touches. Returning visitors see lists of the second
 * kind; so do users whose events have one timestamp (an invoice).
 */
export class BlendTrainer {
  private readonly collector = new SampleCollector(candidatesKeptMax)
  private readonly sessions = new Map<string, OpenSession>()

  constructor(private readonly includeSeen = false) {}

  addQuery(recommender: Recommender, user: UserSnapshot, event: Interaction): void {
    const found = recommender.candidates(user, { now: event.timestamp, includeSeen: this.includeSeen })
    const place = found.items.subarray(0, found.count).indexOf(found.find(event.itemId) ?? -1)
    if (place >= 0) this.collector.add({ ...found, askedAt: event.timestamp }, [place])
  }

  /** Starts a session's query. `recordTouch` labels it, `closeSession` ends it. */
  openSession(recommender: Recommender, user: UserSnapshot, askedAt: number): void {
    this.closeSession(user.userId)
    const { count, items, features, scores, recents, isBrowsing, find } = recommender.candidates(user, {
      now: askedAt,
      includeSeen: this.includeSeen,
    })
    this.sessions.set(user.userId, {
      features: features.slice(0, count * featureCount),
      scores: scores.slice(0, count),
      count,
      isInSession: false,
      isBrowsing,
      recents,
      askedAt,
      positions: new Map(Array.from(items.subarray(0, count), (item, place) => [item, place])),
      relevant: [],
      find,
    })
  }

  recordTouch(userId: string, itemId: string): void {
    const session = this.sessions.get(userId)
    if (session === undefined || session.relevant.length >= relevantMax) return
    const place = session.positions.get(session.find(itemId) ?? -1)
    if (place !== undefined && !session.relevant.includes(place)) session.relevant.push(place)
  }

  closeSession(userId: string): void {
    const session = this.sessions.get(userId)
    if (session === undefined) return
    this.sessions.delete(userId)
    this.collector.add(session, session.relevant)
  }

  /** Returns the fitted weights; null for the default weights, with too few queries or if no fit beats them. */
  fit(): ChosenWeights {
    for (const userId of this.sessions.keys()) this.closeSession(userId)
    if (this.collector.size < queriesMin) return { linear: null, best: null }
    return chooseWeights(this.collector.build(), queriesMin)
  }
}
