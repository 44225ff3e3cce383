import type { Findings } from '../findings.ts'
import type { ChaosClient } from '../load/client.ts'
import type { Model } from '../load/model.ts'
import type { Revisions, Watchers } from '../load/watchers.ts'

const query = 'query ($userId: ID!) { recommendations(userId: $userId, first: 10) { revision causedByEventId } }'

type Answer = { readonly recommendations: { readonly revision: string; readonly causedByEventId: string | null } }

interface Parts {
  readonly client: ChaosClient
  readonly model: Model
  readonly findings: Findings
  readonly revisions: Revisions
  readonly watchers: Watchers
}

/** Whether every list names the newest event of its user, and every open page shows that list. */
export async function checkNewest(parts: Parts, deadline: number): Promise<void> {
  const { client, model, findings, revisions, watchers } = parts
  for (const userId of watchers.newest.keys()) {
    for (;;) {
      const before = revisions.of(userId)
      const answer = await client.ask<Answer>(query, { userId })
      if (!answer) break // the client has told it
      const { revision, causedByEventId } = answer.data.recommendations
      revisions.saw(userId, revision, before, 'queried at rest')
      const wanted = model.users.get(userId)?.newest
      const hasSeen = wanted === undefined || causedByEventId === wanted
      const shown = watchers.newest.get(userId)
      if (hasSeen && shown === revision) break
      if (performance.now() > deadline) {
        if (!hasSeen) findings.add('diverged', `the list of ${userId} is by ${causedByEventId}, not by ${wanted}`)
        if (shown !== revision)
          findings.add('diverged', `the page of ${userId} shows ${shown}, the list is ${revision}`)
        break
      }
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
  }
}
