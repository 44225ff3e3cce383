import { Counter, Gauge, type Metric, type Registry } from 'prom-client'
import { latencyBounds, type StageReport } from '../schema/records/stage-status.ts'

/**
 * Exports the reports of the stages to Prometheus. Workers have no port of their own, so every server follows their
 * reports and serves them. All servers serve the same values, so a query applies `max without (instance)` first.
 */
export function addStageMetrics(registry: Registry, reports: () => readonly StageReport[]): void {
  const labelNames = ['stage', 'worker'] as const
  const labelsOf = ({ stage, instance }: StageReport) => ({ stage, worker: instance })
  new Gauge({
    name: 'pickstream_stage_rate',
    help: 'Records a stage works off in a second.',
    labelNames,
    registers: [registry],
    collect() {
      this.reset()
      for (const report of reports()) this.set(labelsOf(report), report.processedPerSecond)
    },
  })
  const counters = {
    pickstream_stage_records_total: ['Records processed by a stage.', ({ processed }: StageReport) => processed],
    pickstream_stage_dead_letters_total: [
      'Records a stage could not take.',
      ({ deadLetters }: StageReport) => deadLetters,
    ],
  } as const
  for (const [name, [help, read]] of Object.entries(counters)) {
    new Counter({
      name,
      help,
      labelNames,
      registers: [registry],
      collect() {
        this.reset()
        for (const report of reports()) this.inc(labelsOf(report), read(report))
      },
    })
  }
  addPartitionCounts(registry, reports, {
    pickstream_stage_forwarded_total: [
      "Records that a writer put into another partition than their key's, and a stage forwarded (docs/kafka-writers.md).",
      ({ forwarded }) => forwarded,
    ],
    pickstream_stage_unverified_total: [
      'Records with the header backfill or forwarded-from of a writer that is no stage; they were taken without it.',
      ({ unverified }) => unverified,
    ],
  })
  addLatency(registry, reports)
}

type PartitionCounts = readonly [help: string, read: (report: StageReport) => StageReport['forwarded']]

function addPartitionCounts(
  registry: Registry,
  reports: () => readonly StageReport[],
  counters: Readonly<Record<string, PartitionCounts>>,
): void {
  for (const [name, [help, read]] of Object.entries(counters)) {
    new Counter({
      name,
      help,
      labelNames: ['stage', 'worker', 'topic', 'partition'],
      registers: [registry],
      collect() {
        this.reset()
        for (const report of reports()) {
          const { stage, instance, from = '' } = report
          for (const [partition, records] of Object.entries(read(report) ?? {})) {
            this.inc({ stage, worker: instance, topic: from, partition }, records)
          }
        }
      },
    })
  }
}

/** A histogram whose counts were made elsewhere. The registry only needs its values. */
function addLatency(registry: Registry, reports: () => readonly StageReport[]): void {
  const name = 'pickstream_stage_seconds'
  const shape = { name, help: "From an event's acceptance to the end of a stage: `sink` is stored.", type: 'histogram' }
  const get = async () => ({ ...shape, values: reports().flatMap((report) => valuesOf(name, report)) })
  registry.registerMetric({ ...shape, get } as unknown as Metric)
}

function valuesOf(name: string, { stage, instance, latency }: StageReport) {
  if (latency === undefined) return []
  const labels = { stage, worker: instance }
  let below = 0
  const buckets = latency.counts.map((count, n) => {
    below += count
    return { labels: { ...labels, le: latencyBounds[n] ?? '+Inf' }, value: below, metricName: `${name}_bucket` }
  })
  return [
    ...buckets,
    { labels, value: latency.sumSeconds, metricName: `${name}_sum` },
    { labels, value: below, metricName: `${name}_count` },
  ]
}
