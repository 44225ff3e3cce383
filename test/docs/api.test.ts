import { readFileSync } from 'node:fs'
import { type OperationDefinitionNode, parse } from 'graphql'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { AppError, type ErrorCode } from '../../schema/app-error.ts'
import type { Harness } from '../support/server-harness.ts'
import { startWholeSystem } from '../support/whole-system.ts'

const text = readFileSync(new URL('../../docs/api.md', import.meta.url), 'utf8')
const blocks = [...text.matchAll(/```graphql\n([\s\S]*?)```(?:\n\nAnswer:\n\n```json\n([\s\S]*?)```)?/g)].map(
  ([, source, answer]) => {
    const operation = parse(source!).definitions[0] as OperationDefinitionNode
    const shown = answer === undefined ? undefined : JSON.parse(answer)
    return { name: operation.name?.value ?? '', kind: operation.operation, source, shown }
  },
)

/**
 * The paths at which an answer has other fields or kinds of values than the one shown. Of a list its first element counts, if
 * there is one; which reason a pick has depends on what the stages have done so far.
 */
function differences(shown: unknown, actual: unknown, path = ''): string[] {
  if (shown === null || actual === null) return []
  if (Array.isArray(shown) && Array.isArray(actual))
    return shown.length > 0 && actual.length > 0 ? differences(shown[0], actual[0], `${path}[0]`) : []
  if (typeof shown !== typeof actual || Array.isArray(shown) !== Array.isArray(actual)) return [path]
  if (typeof shown !== 'object' || path.endsWith('.reason')) return []
  const [expected, received] = [shown, actual as object].map((value) => new Map(Object.entries(value!)))
  const names = new Set([...expected!.keys(), ...received!.keys()])
  return [...names].flatMap((name) =>
    expected!.has(name) && received!.has(name)
      ? differences(expected!.get(name), received!.get(name), `${path}.${name}`)
      : [`${path}.${name}`],
  )
}

let harness: Harness
beforeAll(async () => {
  harness = await startWholeSystem()
})
afterAll(async () => {
  await harness.close()
})

const answers = new Map<string, Record<string, never>>()

/** What each example must have shown, beside being without errors. */
// biome-ignore lint/suspicious/noExplicitAny: shapes of many different answers
const shows: Record<string, (data: any) => void> = {
  PutItems: ({ putItems }) => expect(putItems.accepted).toBe(5),
  AfterToken: ({ recommendations }) => {
    expect(recommendations).toMatchObject({ causedByEventId: 'e-2', personalized: true })
    expect(recommendations.picks).toHaveLength(3)
    expect(recommendations.picks.map(({ item }: { item: { id: string } }) => item.id)).not.toContain('mat')
  },
  Watch: ({ recommendationsUpdated }) => expect(recommendationsUpdated.causedByEventId).toBe('e-2'),
  Page: ({ forYou, camping, hot }) => {
    const ids = [...forYou.picks, ...camping.picks, ...hot].map(({ item }: { item: { id: string } }) => item.id)
    expect(new Set(ids).size).toBe(ids.length)
  },
  Filtered: ({ recommendations }) => expect(recommendations.picks).toEqual([{ item: { id: 'tent', tags: ['sale'] } }]),
  OrderHits: ({ rank }) =>
    expect(rank.map(({ item }: { item: { id: string } }) => item.id).toSorted()).toEqual(['lamp', 'stove']),
  Browse: ({ catalog, items }) => {
    expect(catalog).toMatchObject({ totalCount: 1, edges: [{ node: { id: 'mat' } }] })
    expect(items[1]).toBeNull()
  },
  History: ({ user }) =>
    expect(user.events.edges.map(({ node }: { node: { eventId: string } }) => node.eventId)).toEqual(['e-2', 'e-1']),
  TakeOut: ({ removeItems }) => expect(removeItems.accepted).toBe(1),
  Rules: ({ putRules }) => expect(putRules.version).toBe(1),
  Refresh: ({ refreshRecommendations }) => expect(refreshRecommendations).toEqual({ done: true, reason: null }),
}

test('every example of the guide has a name', () => {
  expect(blocks.length).toBeGreaterThan(15)
  expect(blocks.filter(({ name }) => name === '')).toEqual([])
  expect(Object.keys(shows).filter((name) => !blocks.some((block) => block.name === name))).toEqual([])
})

test.each(blocks)('$name', async ({ name, kind, source, shown }) => {
  if (name === 'History') await archived('ada', 2)
  const token = (answers.get('Record') as { recordEvents?: { token: string } } | undefined)?.recordEvents?.token
  const answer =
    kind === 'subscription'
      ? await firstMessage(source!)
      : await harness.ask(source!, name === 'AfterToken' ? { token } : {})
  expect(answer.errors).toBeUndefined()
  answers.set(name, answer.data)
  if (name !== 'Operate') expect(differences(shown, { data: answer.data })).toEqual([])
  shows[name]?.(answer.data)
})

test('the refused batch of the guide is answered as it says', async () => {
  const { query } = JSON.parse(/as a whole:\n\n```json\n([\s\S]*?)```/.exec(text)![1]!)
  const { extensions } = (await harness.ask(query)).errors![0]!
  expect(extensions).toMatchObject({ code: 'BAD_USER_INPUT', retriable: false, issues: [{ path: 'events[1].value' }] })
})

test('the guide names every code of the contract, and whether to try again', () => {
  const codes = [
    'BAD_USER_INPUT',
    'UNAUTHENTICATED',
    'FORBIDDEN',
    'NOT_FOUND',
    'RATE_LIMITED',
    'PICKS_NOT_FRESH',
    'UNAVAILABLE',
  ] as const
  for (const code of codes) {
    const retriable = new AppError(code satisfies ErrorCode, { message: '' }).retriable ? 'yes' : 'no'
    expect(text).toMatch(new RegExp(`^\\| \`${code}\` \\|.*\\| ${retriable} \\|`, 'm'))
  }
})

async function firstMessage(source: string) {
  const watcher = harness.watch(source)
  const message = await watcher.message(0)
  watcher.stop()
  return message
}

/** The archive follows a moment behind the lists. */
async function archived(userId: string, events: number): Promise<void> {
  for (;;) {
    const { data } = await harness.ask('query($id: ID!) { user(id: $id) { events { edges { node { eventId } } } } }', {
      id: userId,
    })
    if (data.user?.events.edges.length === events) return
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}
