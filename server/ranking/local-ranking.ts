import type { RankedGiven } from '../../engine/lists/given-items.ts'
import type { RankedCandidate } from '../../engine/types.ts'
import { emptyProfile, refreshVector } from '../../engine/user/profile.ts'
import { snapshotOfSession, toSnapshot, type UserSnapshot } from '../../engine/user/snapshot.ts'
import type { Clock } from '../../platform/ports/clock.ts'
import type { Replica } from '../../platform/read-models/replica.ts'
import type { PickReason, RankedItem } from '../../schema/records/ranked-list.ts'
import { decodeUserState } from '../../schema/records/user-state.ts'
import { filterTest } from '../lists/item-filter.ts'
import type { RankedPlaces, RankingService, RankRequest } from './ranking-service.ts'

/** Assumed time between the events of a trail, which have no times. */
const stepMs = 1_000

/**
 * The ranking over a replica in this thread; each call takes some milliseconds of the thread.
 *
 * @param clock for availability windows; models use the log's time instead
 */
export function createLocalRanking(replica: Replica, clock: Clock): RankingService {
  const { recommender } = replica
  let isReady = false
  void replica.caughtUp.then(() => (isReady = true))
  const optionsOf = (request: RankRequest) => toOptions(request, replica, clock)
  return {
    similar: async (requests) =>
      requests.map((request) => recommender.similar(request.itemId, optionsOf(request)).map(toRankedItem)),
    together: async (requests) =>
      requests.map((request) => recommender.together([...request.itemIds], optionsOf(request)).map(toRankedItem)),
    session: async ({ trail, now: wallClock, ...request }) => {
      const now = replica.logTime() || wallClock
      const events = trail.map((event, n) => ({ ...event, timestamp: now - (trail.length - 1 - n) * stepMs }))
      const snapshot = snapshotOfSession(events, replica.model())
      return recommender.recommend(snapshot, { ...optionsOf(request), now }).map(toRankedItem)
    },
    rank: async ({ itemIds, state, now: wallClock }) => {
      const snapshot = snapshotOfState(state, replica)
      const now = Math.max(snapshot.newestAt, replica.logTime()) || wallClock
      return toPlaces(recommender.rankGiven(snapshot, itemIds, { now, availableAt: clock.now() }))
    },
    trending: async (window, request) => recommender.trending(window, optionsOf(request)).map(toRankedItem),
    get modelVersion() {
      return replica.model()?.version ?? 0
    },
    get isReady() {
      return isReady
    },
  }
}

/** A state whose vector is of another model gets a vector of the model in use. */
function snapshotOfState(state: Uint8Array | undefined, replica: Replica): UserSnapshot {
  if (state === undefined) return toSnapshot(emptyProfile(''))
  const { profile } = decodeUserState(state)
  const model = replica.model()
  return toSnapshot(profile.modelVersion === (model?.version ?? 0) ? profile : refreshVector(profile, model))
}

function toOptions({ limit, exclude, filter, allVariants }: RankRequest, replica: Replica, clock: Clock) {
  const base = { limit, exclude: new Set(exclude), availableAt: clock.now(), allVariants }
  const test = filterTest(filter)
  if (test === undefined) return base
  return {
    ...base,
    allow: (itemId: string) => {
      const item = replica.item(itemId)
      return item !== undefined && test(item)
    },
  }
}

/** New items share one reason without a date; the caller adds the dates. */
function toPlaces({ places, scores, reasons: given }: RankedGiven): RankedPlaces {
  const reasonOf = new Uint16Array(given.length)
  const reasons: PickReason[] = []
  const numbers = new Map<PickReason, number>() // most items share a reason with others
  for (let k = 0; k < given.length; k++) {
    const reason = given[k]!.kind === 'new' ? newArrival : given[k]!
    let number = numbers.get(reason)
    if (number === undefined) numbers.set(reason, (number = reasons.push(reason) - 1))
    reasonOf[k] = number
  }
  return { places, scores, reasonOf, reasons }
}

const newArrival: PickReason = { kind: 'new', publishedAt: null }

const toRankedItem = ({ itemId, score, reason }: RankedCandidate): RankedItem => ({ itemId, score, reason })
