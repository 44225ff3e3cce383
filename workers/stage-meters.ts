import { createMeter, type StageMeter } from './runner/meter.ts'
import type { ReportedMeter } from './runner/reporting.ts'
import { type StageName, topology } from './topology.ts'
import type { WorkerParts } from './worker-parts.ts'

const outsidePartition =
  "a writer puts records outside their key's partition: they are forwarded, which costs a second copy of each; " +
  'set its partitioner to murmur2 (docs/kafka-writers.md)'

const unverifiedSource =
  'records name a source that no stage of this installation signed (header backfill or forwarded-from): they count as ' +
  'written directly; a writer copies the headers of records that it has read, or the secret has changed (docs/record-formats.md)'

/** The meters of the stages that run in this process. */
export class StageMeters {
  readonly reported: ReportedMeter[] = []

  constructor(private readonly parts: Pick<WorkerParts, 'clock' | 'logger' | 'instance'>) {}

  /** @param more figures that only this stage can report */
  open(stage: StageName, more: ReportedMeter['more'] = () => ({})): StageMeter {
    const { clock, logger, instance } = this.parts
    const meter = createMeter({
      stage,
      instance,
      startedAt: clock.now(),
      onError: (name, reason) => logger.error({ stage: name, reason }, 'a batch failed; it is retried'),
      onForwarded: (forwarded) => logger.warn({ stage, ...forwarded }, outsidePartition),
      onUnverified: (unverified) => logger.warn({ stage, ...unverified }, unverifiedSource),
    })
    const from = stage === 'train' ? {} : { from: topology[stage].from }
    this.reported.push({ meter, more: () => ({ ...from, ...more() }) })
    return meter
  }
}
