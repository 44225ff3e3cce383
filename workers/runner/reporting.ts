import type { Logger } from '../../platform/logger.ts'
import type { Clock } from '../../platform/ports/clock.ts'
import type { EventLog } from '../../platform/ports/event-log.ts'
import { repeat } from '../../platform/repeat.ts'
import { encodeStageReport, type StageReport } from '../../schema/records/stage-status.ts'
import { topics } from '../../schema/topics.ts'
import type { StageMeter } from './meter.ts'

const everyMs = 1000

interface Parts {
  readonly log: EventLog
  readonly clock: Clock
  readonly logger: Logger
  readonly meters: readonly ReportedMeter[]
}

export interface ReportedMeter {
  readonly meter: StageMeter
  /** Figures that only this stage can report. */
  readonly more: () => Partial<StageReport>
}

/** Reports once a second on every running stage of this process, and removes its reports at the end. */
export function startReporting({ log, clock, logger, meters }: Parts): { stop(): Promise<void> } {
  const keys = new Set<string>()

  const onError = (error: unknown) => logger.warn({ err: error }, 'stage status could not be reported; retrying')
  const append = async (records: { key: string; value: Uint8Array | null }[]) => {
    if (records.length > 0) await log.append(topics.stageStatus, records)
  }
  const report = () =>
    append(
      meters.map(({ meter, more }) => {
        const report = { ...meter.report(clock.now()), ...more() }
        const key = `${report.stage}/${report.instance}`
        keys.add(key)
        return { key, value: encodeStageReport(report) }
      }),
    )
  const reporting = repeat({ clock, everyMs, round: report, onError })
  return {
    stop: async () => {
      await reporting.stop()
      await append([...keys].map((key) => ({ key, value: null }))).catch(onError)
    },
  }
}
