import type { EventLog, StoredRecord } from '../../platform/ports/event-log.ts'
import { AppError } from '../../schema/app-error.ts'
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
 * Appends the original record to its source topic again. Safe to repeat: an event counts once.
 * @throws AppError NOT_FOUND, or BAD_USER_INPUT where the letter is not of topic interactions or items, or is
 * incomplete
 */
export async function replayDeadLetter(log: EventLog, offset: number): Promise<void> {
  const [record] = await log.read(topics.deadLetter, 0, offset, 1)
  if (record?.offset !== offset) throw new AppError('NOT_FOUND', { message: `no dead letter has the id ${offset}` })
  const { topic, cut } = deadLetterOriginOf(record.headers)
  if (topic !== topics.interactions && topic !== topics.items) {
    throw new AppError('BAD_USER_INPUT', {
      message: `id: expected a dead letter of topic interactions or items, got one of ${topic}`,
      issues: [{ path: 'id', message: `expected a dead letter of topic interactions or items, got one of ${topic}` }],
    })
  }
  if (cut !== undefined) {
    const what = cut === 'batch' ? 'a batch that could not be decoded' : 'the beginning of a record that was too large'
    const message = `expected a dead letter with one complete record, got ${what}: send it again from its source`
    throw new AppError('BAD_USER_INPUT', { message: `id: ${message}`, issues: [{ path: 'id', message }] })
  }
  const headers = withoutDeadLetterHeaders(record.headers)
  await log.append(topic, [{ key: record.key, value: record.value, headers }])
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
