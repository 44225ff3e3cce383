import type { Findings } from '../findings.ts'
import type { Attempt, ChaosClient } from '../load/client.ts'
import type { Model, UserModel } from '../load/model.ts'

const query = `query ($id: ID!, $after: String) {
  user(id: $id) { events(first: 100, after: $after) { edges { node { eventId } } pageInfo { hasNextPage endCursor } } }
}`

interface History {
  readonly edges: readonly { readonly node: { readonly eventId: string } }[]
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null }
}

interface Page {
  readonly user: { readonly events: History } | null
}

const nothing: History = { edges: [], pageInfo: { hasNextPage: false, endCursor: null } }

interface Wrong {
  readonly lost: readonly string[]
  readonly doubled: readonly string[]
}

/**
 * Whether every acknowledged event is counted once, by what the API says: looked up until it holds or the time is over.
 * @param all the whole history of everybody, not only back to what was checked before
 */
export async function checkCounted(
  { client, model, findings }: { client: ChaosClient; model: Model; findings: Findings },
  { all, deadline }: { all: boolean; deadline: number },
): Promise<void> {
  let left = [...model.users.values()].filter((user) => all || user.unchecked.size > 0 || user.forgotten)
  for (;;) {
    const found = await inParallel(left, async (user) => ({ user, wrong: await compare(client, user, all) }))
    const wrong = found.filter((one) => one.wrong !== undefined)
    for (const { user, wrong: isWrong } of found) {
      if (isWrong) continue
      user.unchecked.clear()
      if (user.forgotten) model.users.delete(user.id)
    }
    if (wrong.length === 0) return
    left = wrong.map(({ user }) => user)
    if (performance.now() > deadline) {
      for (const { user, wrong: what } of wrong) report(user, what!, findings)
      return
    }
    await new Promise((resolve) => setTimeout(resolve, 200))
  }
}

function report(user: UserModel, { lost, doubled }: Wrong, findings: Findings): void {
  findings.add('lost', `${user.id} lacks ${lost.slice(0, 5).join(', ')} (${lost.length} in all)`, lost.length)
  findings.add('doubled', `${user.id} has ${doubled.slice(0, 5).join(', ')} (${doubled.length} in all)`, doubled.length)
  for (const id of lost) user.live.delete(id) // told once
  user.unchecked.clear()
}

async function compare(client: ChaosClient, user: UserModel, all: boolean): Promise<Wrong | undefined> {
  const found = new Map<string, number>()
  const missing = new Set(all ? user.live : user.unchecked)
  let after: string | null = null
  for (;;) {
    const answer: Attempt<Page> | undefined = await client.ask<Page>(query, { id: user.id, after })
    if (!answer) return undefined // the client has told it
    const { edges, pageInfo }: History = answer.data.user?.events ?? nothing
    for (const { node } of edges) {
      found.set(node.eventId, (found.get(node.eventId) ?? 0) + 1)
      missing.delete(node.eventId)
    }
    after = pageInfo.endCursor
    if (!pageInfo.hasNextPage || (!all && missing.size === 0)) break
  }
  const lost = user.forgotten ? [] : [...missing]
  const excess = user.forgotten ? [...found.keys()] : []
  const doubled = [...found].filter(([id, times]) => times > 1 || user.undone.has(id)).map(([id]) => id)
  return lost.length + doubled.length + excess.length > 0 ? { lost, doubled: [...doubled, ...excess] } : undefined
}

const lanes = 8

async function inParallel<Item, Result>(
  items: readonly Item[],
  act: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = []
  let next = 0
  const lane = async () => {
    while (next < items.length) {
      const at = next++
      results[at] = await act(items[at]!)
    }
  }
  await Promise.all(Array.from({ length: lanes }, lane))
  return results
}
