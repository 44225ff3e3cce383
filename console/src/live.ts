import { createStore } from '@pickstream/client'
import { useEffect } from 'react'
import { useClient } from 'urql'
import { connectionStore, isRefusal } from './client.ts'
import { PipelineDocument, type PipelineSubscription } from './generated/graphql.ts'

export type Pipeline = PipelineSubscription['pipelineUpdated']
export type Stage = Pipeline['stages'][number]
export type Measure = 'processedPerSecond' | 'lag' | 'p50Ms' | 'p99Ms'

/** The last minutes, one sample per second, oldest first. */
export interface Live {
  readonly now: Pipeline | undefined
  readonly samples: readonly Sample[]
}

export interface Sample {
  /** Seconds since 1970, as uPlot requires. */
  readonly at: number
  readonly stages: ReadonlyMap<string, Stage>
}

const samplesMax = 180

export const liveStore = createStore<Live>({ now: undefined, samples: [] })
/** Whether the numbers are paused, so that they can be read. */
export const frozenStore = createStore(false)

/** Follows the pipeline for all pages of the console by one subscription. */
export function useLivePipeline() {
  const client = useClient()
  useEffect(() => {
    const { unsubscribe } = client.subscription(PipelineDocument, {}).subscribe(({ data, error }) => {
      if (isRefusal(error)) connectionStore.set('refused')
      if (data && !frozenStore.get())
        liveStore.set(withSample(liveStore.get(), data.pipelineUpdated, Date.now() / 1000))
    })
    return unsubscribe
  }, [client])
}

export function withSample({ samples }: Live, now: Pipeline, at: number): Live {
  const sample = { at, stages: new Map(now.stages.map((stage) => [stage.name, stage])) }
  return { now, samples: [...samples.slice(1 - samplesMax), sample] }
}

/** One measure of one stage over time; null for times without a report. */
export function seriesOf(samples: readonly Sample[], stage: string, measure: Measure): [number[], (number | null)[]] {
  return [samples.map(({ at }) => at), samples.map(({ stages }) => stages.get(stage)?.[measure] ?? null)]
}
