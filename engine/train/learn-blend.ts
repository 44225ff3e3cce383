import { EDITION } from '../rank/blend.ts'
import { F } from '../rank/features.ts'
import type { Candidates, Recommender } from '../recommender.ts'
import type { Interaction } from '../types.ts'
import type { UserSnapshot } from '../user/snapshot.ts'
import { chooseWeights } from './choose-weights.ts'
import type { Blend } from './model.ts'
import { type JudgedList, SampleCollector } from './samples.ts'

/** Usable queries below which nothing is learned. */
const QUERIES_MIN = 200
/** Candidates kept per list, and right ones that a session may add to the list at its start. */
const KEPT_MAX = 160
const RIGHTS_MAX = 64

/** A list from a session's start, and what of it the session took. */
interface OpenSession extends JudgedList {
  places: Map<number, number>
  rights: number[]
  find: Candidates['find']
}

/**
 * Collects judged queries along a walk of the log: lists asked for right before an event, and lists asked for at a session's start, which all that the
 * session went on to touch is held against. A visitor who comes back is shown the latter, and whoever orders in one go (an invoice) sees no other.
 */
export class BlendLearner {
  private readonly collector = new SampleCollector(KEPT_MAX)
  private readonly sessions = new Map<string, OpenSession>()

  ask(recommender: Recommender, user: UserSnapshot, event: Interaction): void {
    const found = recommender.candidates(user, { now: event.at })
    const place = found.items.subarray(0, found.count).indexOf(found.find(event.itemId) ?? -1)
    if (place >= 0) this.collector.add({ ...found, at: event.at }, [place])
  }

  /** A session begins: `took` says what it goes on to touch. */
  open(recommender: Recommender, user: UserSnapshot, at: number): void {
    this.close(user.userId)
    const { count, items, features, scores, find } = recommender.candidates(user, { now: at })
    this.sessions.set(user.userId, {
      features: features.slice(0, count * F),
      scores: scores.slice(0, count),
      count,
      inSession: false,
      at,
      places: new Map(Array.from(items.subarray(0, count), (item, place) => [item, place])),
      rights: [],
      find,
    })
  }

  took(userId: string, itemId: string): void {
    const session = this.sessions.get(userId)
    if (session === undefined || session.rights.length >= RIGHTS_MAX) return
    const place = session.places.get(session.find(itemId) ?? -1)
    if (place !== undefined && !session.rights.includes(place)) session.rights.push(place)
  }

  close(userId: string): void {
    const session = this.sessions.get(userId)
    if (session === undefined) return
    this.sessions.delete(userId)
    this.collector.add(session, session.rights)
  }

  /** Null where there were too few queries to learn from, or where nothing beats the default weights. */
  learn(): Blend | null {
    for (const userId of this.sessions.keys()) this.close(userId)
    if (this.collector.size < QUERIES_MIN) return null
    const linear = chooseWeights(this.collector.build(), QUERIES_MIN)
    return linear === null ? null : { features: EDITION, linear }
  }
}
