import type { Findings } from '../findings.ts'
import type { ChaosClient } from '../load/client.ts'

const query = '{ pipeline { stages { name lag } } }'

type Answer = { readonly pipeline: { readonly stages: readonly { readonly name: string; readonly lag: number }[] } }

const stages = ['backfill', 'embed', 'learn', 'recommend', 'sink', 'archive', 'quality', 'experiments', 'catalogue']

/**
 * Whether every stage reports, and none has records waiting, in so many looks in a row: lags are a second old or more, and the
 * recommend stage holds users back for whom nobody waits.
 */
export async function checkLag(
  { client, findings }: { client: ChaosClient; findings: Findings },
  deadline: number,
  looks = 1,
) {
  for (let calm = 0; ; ) {
    const answer = await client.ask<Answer>(query)
    if (!answer) return
    const lags = new Map(answer.data.pipeline.stages.map(({ name, lag }) => [name, lag]))
    const late = stages.filter((name) => lags.get(name) !== 0)
    calm = late.length === 0 ? calm + 1 : 0
    if (calm >= looks) return
    if (late.length > 0 && performance.now() > deadline) {
      const what = late.map((name) => (lags.has(name) ? `${name} has ${lags.get(name)} waiting` : `${name} is silent`))
      findings.add('notRecovered', what.join(', '))
      return
    }
    await new Promise((resolve) => setTimeout(resolve, 250))
  }
}
