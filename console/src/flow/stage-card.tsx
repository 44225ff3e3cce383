import { useMemo } from 'react'
import { count, latency, rate } from '../format.ts'
import { type Sample, type Stage, seriesOf } from '../live.ts'
import { Spark } from '../ui/spark.tsx'
import css from './topology.module.css'

interface StageCardProps {
  readonly stage: Stage
  readonly purpose: string | undefined
  readonly samples: readonly Sample[]
}

/** The present state of one stage, and its last 90 seconds. */
export function StageCard({ stage, purpose, samples }: StageCardProps) {
  const { name, processedPerSecond, lag, p50Ms, p99Ms, deadLetters } = stage
  const series = useMemo(
    () => ({
      rate: seriesOf(samples, name, 'processedPerSecond'),
      lag: seriesOf(samples, name, 'lag'),
      latency: seriesOf(samples, name, 'p99Ms'),
    }),
    [samples, name],
  )
  return (
    <article className={css.card} data-behind={lag > 1000 || undefined} aria-label={name}>
      <header>
        <h3>{name}</h3>
        {deadLetters > 0 && <span className={css.dead}>{count(deadLetters)} dead</span>}
      </header>
      <p className={css.purpose}>{purpose}</p>
      <dl>
        <div>
          <dt>Rate</dt>
          <dd>
            <span data-measure="rate">{rate(processedPerSecond)}</span>
            <Spark data={series.rate} kind="rate" label={`Rate of ${name}`} />
          </dd>
        </div>
        <div>
          <dt>Lag</dt>
          <dd>
            {count(lag)}
            <Spark data={series.lag} kind="lag" label={`Lag of ${name}`} />
          </dd>
        </div>
        <div>
          <dt>p99</dt>
          <dd title={`p50 ${latency(p50Ms)}`}>
            {latency(p99Ms)}
            <Spark data={series.latency} kind="latency" label={`99th percentile of latency of ${name}`} />
          </dd>
        </div>
      </dl>
    </article>
  )
}

/** Start or end of the flow. */
export function End({ name, note }: { name: string; note: string }) {
  return (
    <article className={css.end} aria-label={name}>
      <h3>{name}</h3>
      <p>{note}</p>
    </article>
  )
}
