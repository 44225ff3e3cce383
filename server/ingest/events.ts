import { v7 as uuidv7 } from 'uuid'
import { detailsOf } from '../../engine/types.ts'
import { currencyCodes, currencyRule } from '../../schema/currency.ts'
import type { EventInput } from '../../schema/graphql/event.ts'
import {
  aheadMsMax,
  type EventRecord,
  fieldsOfTypes,
  mayHave,
  nothingFor,
  positionMax,
  ratingRule,
  secondsMax,
  sinceRule,
  unitPriceMax,
} from '../../schema/records/interaction.ts'
import { count, InputCheck } from '../guard/input-check.ts'

export const batchMax = 1_000
const quantityMax = 1_000_000
const ratingMax = 5
/** 1 January 1970. Earlier times are errors of the client. */
const timestampMin = 0

interface EventDefaults {
  /** The server's clock, ms. */
  readonly now: number
  /** ISO 4217 code for prices without one. */
  readonly currency: string
  readonly makeId?: () => string
}

/**
 * Validates events and converts them to records. Fields that are undefined are not encoded.
 * @throws AppError BAD_USER_INPUT with an issue for every broken rule; then no event of the call is accepted
 */
export function toEventRecords(
  events: readonly EventInput[],
  { now, currency, makeId = uuidv7 }: EventDefaults,
): EventRecord[] {
  const check = new InputCheck()
  if (
    check.require(events.length >= 1 && events.length <= batchMax, 'events', `1..${batchMax} events`, count(events))
  ) {
    events.forEach((event, n) => {
      checkEvent(event, `events[${n}]`, now, check)
    })
  }
  check.throwIfAny()
  return events.map((event) => ({
    v: 1,
    kind: 'event',
    eventId: event.eventId ?? makeId(),
    userId: event.userId,
    itemId: event.itemId,
    type: event.type,
    value: event.value ?? undefined,
    quantity: event.quantity == null || event.quantity === 1 ? undefined : event.quantity,
    timestamp: new Date(event.timestamp ?? now).toISOString(),
    recommendationId: event.recommendationId ?? undefined,
    ...detailsOf(event),
    ...(event.unitPrice != null && { currency: event.currency ?? currency }),
  }))
}

function checkEvent(event: EventInput, path: string, now: number, check: InputCheck): void {
  check.id(event.userId, `${path}.userId`)
  check.id(event.itemId, `${path}.itemId`)
  if (event.eventId != null) check.id(event.eventId, `${path}.eventId`)
  if (event.recommendationId != null) check.id(event.recommendationId, `${path}.recommendationId`)
  const { type, value, quantity, timestamp } = event
  const isRating = value != null && value >= 0 && value <= ratingMax
  if (type === 'RATING') check.require(isRating, `${path}.value`, ratingRule, value ?? null)
  else check.require(value == null || isRating, `${path}.value`, `0..${ratingMax} or nothing`, value)
  if (quantity != null) {
    check.require(quantity >= 1 && quantity <= quantityMax, `${path}.quantity`, `1..${quantityMax}`, quantity)
  }
  checkDetails(event, path, check)
  if (timestamp != null) {
    const received = Number.isFinite(timestamp) ? new Date(timestamp) : timestamp
    const isAhead = timestamp > now + aheadMsMax
    check.require(!isAhead, `${path}.timestamp`, 'at most 5 minutes in the future', received)
    check.require(timestamp >= timestampMin, `${path}.timestamp`, sinceRule, received)
  }
}

function checkDetails(event: EventInput, path: string, check: InputCheck): void {
  const { type, position, portion, seconds, unitPrice, currency } = event
  for (const field of fieldsOfTypes) {
    if (event[field] == null || mayHave(field, type)) continue
    check.require(false, `${path}.${field}`, nothingFor(field, type), event[field])
  }
  if (position != null) {
    check.require(position >= 1 && position <= positionMax, `${path}.position`, `1..${positionMax}`, position)
  }
  if (portion != null) check.require(portion >= 0 && portion <= 1, `${path}.portion`, '0..1', portion)
  if (seconds != null) {
    check.require(seconds >= 0 && seconds <= secondsMax, `${path}.seconds`, `0..${secondsMax}`, seconds)
  }
  if (unitPrice != null) {
    check.require(unitPrice >= 0 && unitPrice <= unitPriceMax, `${path}.unitPrice`, `0..${unitPriceMax}`, unitPrice)
  }
  if (currency != null) check.require(currencyCodes.has(currency), `${path}.currency`, currencyRule, currency)
}
