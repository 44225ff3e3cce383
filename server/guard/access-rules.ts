import { AppError } from '../../schema/app-error.ts'
import type { Identity, Role } from './identity.ts'

type Args = Readonly<Record<string, unknown>>
type Test = (identity: Identity, args: Args) => boolean
/** Who may call one operation. A role that is not named may not; unauthenticated callers may call nothing. */
type Rule = Readonly<Partial<Record<Exclude<Role, 'nobody'>, Test | true>>>

const everybody: Rule = { shopper: true, service: true, operator: true }
const services: Rule = { service: true, operator: true }
const operators: Rule = { operator: true }
/** Shoppers only if every user in the arguments is the shopper. */
const own = (usersOf: (args: Args) => readonly unknown[]): Rule => ({
  shopper: ({ userId }, args) => usersOf(args).every((id) => id === userId),
  service: true,
  operator: true,
})
const ownUser = own((args) => [args.userId])

/** The rule of every operation of the schema. The server does not start if one is missing. */
export const rules: Readonly<Record<string, Rule>> = {
  recommendations: ownUser,
  sessionRecommendations: everybody,
  similarItems: everybody,
  boughtTogether: everybody,
  trending: everybody,
  rank: ownUser,
  home: ownUser,
  item: everybody,
  items: everybody,
  catalog: everybody,
  user: own((args) => [args.id]),
  _service: everybody,
  _entities: everybody, // users by the rule of `user`
  pipeline: operators,
  recordEvents: own((args) => (args.events as { userId: string }[]).map((event) => event.userId)),
  recordImpressions: ownUser,
  undoEvents: ownUser,
  putItems: services,
  removeItems: services,
  // A guest's id alone is no proof of having been that guest: a shopper's token must name it (claim `guest`).
  identify: {
    ...services,
    shopper: ({ userId, guestId }, args) => args.userId === userId && guestId !== undefined && args.guestId === guestId,
  },
  forgetUser: ownUser,
  retrain: operators,
  recommendationsUpdated: ownUser,
  trendingUpdated: everybody,
  homeUpdated: ownUser,
  pipelineUpdated: operators,
  quality: operators,
  models: operators,
  rules: operators,
  experiments: operators,
  placements: operators,
  deadLetters: operators,
  eventTraces: operators,
  demo: operators,
  putRules: operators,
  replayDeadLetters: operators,
  rollBackModel: operators,
  refreshRecommendations: operators,
  rebuildUsers: operators,
  setDemo: operators,
}

/** Whether neither shoppers nor services may call an operation. */
export const isForOperatorsAlone = (operation: string): boolean => {
  const rule = rules[operation]
  return rule?.shopper === undefined && rule?.service === undefined
}

/** @throws AppError UNAUTHENTICATED or FORBIDDEN */
export function authorize(identity: Identity, operation: string, args: Args): void {
  if (identity.role === 'nobody') {
    throw new AppError('UNAUTHENTICATED', { message: `${operation}: expected a token or an API key, got none` })
  }
  const test = rules[operation]?.[identity.role]
  if (test === true || test?.(identity, args)) return
  const own = test === undefined ? '' : ' for anybody but themselves'
  throw new AppError('FORBIDDEN', { message: `${operation}: a ${identity.role} may not call this${own}` })
}
