import type { StoredRecord } from '../../platform/ports/event-log.ts'
import { RecordError } from '../../schema/records/record-error.ts'
import { toDeadLetter } from './dead-letter.ts'
import type { Decoded, Emit, Stage } from './stage.ts'
import type { StageParts } from './stage-parts.ts'
import { Turns } from './turns.ts'

/**
 * @returns undefined where the stage passes over the record
 * @throws RecordError as the stage's decode does
 */
export function decodeRecord<Input>(
  stage: Pick<Stage<Input, never, never>, 'decode' | 'keyOf'>,
  record: StoredRecord,
): Decoded<Input> | undefined {
  if (record.undecodable !== undefined) throw new RecordError(`batch: ${record.undecodable}`)
  const input = stage.decode(record)
  const owner = stage.keyOf?.(input, record) ?? record.key
  return owner === '' ? undefined : { record, owner, input }
}

/** Decodes the records of a slice; what cannot be decoded becomes a dead letter. */
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
      const decoded = decodeRecord(stage, record)
      if (decoded) slice.push(decoded)
    } catch (error) {
      dead.push(toDeadLetter(stage.name, record, error))
    }
  }
  return { slice, dead }
}
