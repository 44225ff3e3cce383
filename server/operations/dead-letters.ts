import type { EventLog, StoredRecord } from '../../platform/ports/event-log.ts'
import { AppError, type Issue } from '../../schema/app-error.ts'
import { cutText } from '../../schema/cut-text.ts'
import type { DeadLetter } from '../../schema/graphql/operations.ts'
import { deadLetterOriginOf, withoutDeadLetterHeaders } from '../../schema/records/headers.ts'
import { topics } from '../../schema/topics.ts'

/** Maximum characters of a value; longer ones are cut. */
const valueCharsMax = 10_000
const pageMax = 100

/**
 * Reads a page of the dead-letter topic, newest first.
 * @param first maximum letters, at most 100
 * @param before only letters with a smaller offset. Default: all
 */
export async function readDeadLetters(log: EventLog, first: number, before?: number): Promise<DeadLetter[]> {
  const [end] = await log.endOffsets(topics.deadLetter)
  const to = Math.min(before ?? end!, end!)
  const from = Math.max(0, to - Math.min(first, pageMax))
  if (from >= to) return []
  const records = await log.read(topics.deadLetter, 0, from, to - from)
  return records
    .filter(({ offset }) => offset < to)
    .reverse()
    .map(toDeadLetter)
}

/**
 * Appends the original records to their source topics again, in this order. Safe to repeat: an event counts once.
 * @throws AppError, before any is appended, with an issue for each letter that cannot be replayed: NOT_FOUND if one does
 * not exist, else BAD_USER_INPUT where one is not of topic interactions or items, or is incomplete
 */
export async function replayDeadLetters(log: EventLog, offsets: readonly number[]): Promise<void> {
  const letters: StoredRecord[] = []
  const issues: Issue[] = []
  let isMissing = false
  for (const [n, offset] of offsets.entries()) {
    const [record] = await log.read(topics.deadLetter, 0, offset, 1)
    const found = record?.offset === offset ? record : undefined
    isMissing ||= found === undefined
    const message = found ? whyNotReplayable(found) : `no dead letter has the id ${offset}`
    if (found && message === undefined) letters.push(found)
    else issues.push({ path: `ids[${n}]`, message: message! })
  }
  const [first] = issues
  if (first) {
    const message = `${first.path}: ${first.message}`
    throw new AppError(isMissing ? 'NOT_FOUND' : 'BAD_USER_INPUT', { message, issues })
  }
  for (const { key, value, headers } of letters) {
    const { topic } = deadLetterOriginOf(headers)
    await log.append(topic, [{ key, value, headers: withoutDeadLetterHeaders(headers) }])
  }
}

function whyNotReplayable({ headers }: StoredRecord): string | undefined {
  const { topic, cut } = deadLetterOriginOf(headers)
  if (topic !== topics.interactions && topic !== topics.items) {
    return `expected a dead letter of topic interactions or items, got one of ${topic}`
  }
  if (cut === undefined) return undefined
  const what = cut === 'batch' ? 'a batch that could not be decoded' : 'the beginning of a record that was too large'
  return `expected a dead letter with one complete record, got ${what}: send it again from its source`
}

function toDeadLetter({ offset, appendedAt, headers, value }: StoredRecord): DeadLetter {
  const origin = deadLetterOriginOf(headers)
  return {
    id: String(offset),
    at: appendedAt,
    stage: origin.stage,
    source: `${origin.topic}/${origin.partition}/${origin.offset}`,
    reason: origin.reason,
    value: value === null ? '' : cutText(Buffer.from(value).toString('utf8'), valueCharsMax),
  }
}
