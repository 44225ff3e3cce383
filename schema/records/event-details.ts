import { detailsOf, type EventDetails } from '../../engine/types.ts'

/** Details of an event in internal records, without trailing fields that are not known. */
export type DetailFields = readonly [
  position?: number | null,
  portion?: number | null,
  seconds?: number | null,
  unitPrice?: number | null,
  currency?: string | null,
]

/** @returns undefined for an event without details */
export function packDetails(event: EventDetails): DetailFields | undefined {
  const { position = null, portion = null, seconds = null, unitPrice = null, currency = null } = event
  const fields = [position, portion, seconds, unitPrice, currency]
  while (fields.at(-1) === null) fields.pop()
  return fields.length === 0 ? undefined : (fields as unknown as DetailFields)
}

export const unpackDetails = ([position, portion, seconds, unitPrice, currency]: DetailFields): EventDetails =>
  detailsOf({ position, portion, seconds, unitPrice, currency })
