import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { bundle } from '../../../test/support/bundle.ts'
import { root } from '../../../test/support/start-process.ts'

/** Gzip, bytes. Raise a budget on purpose only: every page of every shop pays it. */
const budgets = { client: 11_000, serverSentEvents: 3_500, impressions: 600, heldList: 700 }

test('the client stays within its budget, and server-sent events are loaded only where they are needed', async () => {
  const { entry, chunks, modules } = await bundle(`export { Pickstream } from '@pickstream/client'`)
  expect(entry).toBeLessThan(budgets.client)
  expect(chunks).toHaveLength(1)
  expect(chunks[0]).toBeLessThan(budgets.serverSentEvents)
  const kB = (bytes: number) => `${Math.round(bytes / 1_000)} kB`
  const guide = readFileSync(join(root, 'docs/client.md'), 'utf8')
  expect(guide).toContain(`Its size is ${kB(entry)} (gzip) with graphql-ws`)
  expect(guide).toContain(`another ${kB(chunks[0]!)} with graphql-sse`)
  expect(modules.filter((path) => path.includes('node_modules/graphql/'))).toEqual([])
})

test.each([
  ['observeImpressions', budgets.impressions],
  ['changeHeldList, heldListOf, picksShown, picksWaiting', budgets.heldList],
])('who imports %s alone gets nothing else', async (names, budget) => {
  const { entry, modules } = await bundle(`export { ${names} } from '@pickstream/client'`)
  expect(entry).toBeLessThan(budget)
  expect(modules.filter((path) => path.includes('graphql'))).toEqual([])
})
