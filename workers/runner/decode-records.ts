import type { StoredRecord } from '../../platform/ports/event-log.ts'
import { RecordError } from '../../schema/records/record-error.ts'
import { toDeadLetter } from './dead-letter.ts'
import type { Decoded, Emit } from './stage.ts'
import type { StageParts } from './stage-parts.ts'
import { Turns } from './turns.ts'

/**
 * Decodes records, yielding to other work of the thread. A record that cannot be decoded becomes a dead letter; one
 * without owner is skipped.
 */
export async function decodeRecords<Input, State, Context>(
  { stage, clock }: Pick<StageParts<Input, State, Context>, 'stage' | 'clock'>,
  records: readonly StoredRecord[],
): Promise<{ readonly slice: Decoded<Input>[]; readonly dead: Emit[] }> {
  const slice: Decoded<Input>[] = []
  const dead: Emit[] = []
  const turns = new Turns(clock)
  for (const record of records) {
    if (turns.isDue()) await turns.give()
    try {
      if (record.undecodable !== undefined) throw new RecordError(`batch: ${record.undecodable}`)
      const input = stage.decode(record)
      const owner = stage.keyOf?.(input, record) ?? record.key
      if (owner !== '') slice.push({ record, owner, input })
    } catch (error) {
      dead.push(toDeadLetter(stage.name, record, error))
    }
  }
  return { slice, dead }
}
