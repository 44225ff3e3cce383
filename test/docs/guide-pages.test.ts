import { readFileSync } from 'node:fs'
import { parse } from 'graphql'
import { describe, expect, test } from 'vitest'
import type { Answer } from '../support/server-harness.ts'
import { startWholeSystem } from '../support/whole-system.ts'

/** Pages whose requests are run in order on one shop, each compared with the answer below it. */
const pages = ['media.md', 'attributes.md', 'placements.md']

const textOf = (page: string) => readFileSync(new URL(`../../docs/${page}`, import.meta.url), 'utf8')

/** Takes what is shown; a text that ends with an ellipsis is made anew each time. */
function shape(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(shape)
  if (typeof value === 'string' && value.endsWith('…')) return expect.any(String)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([field, inner]) => [field, shape(inner)]))
}

describe.each(pages)('%s', (page) => {
  const blocks = [...textOf(page).matchAll(/```graphql\n([\s\S]*?)```\n\n```json\n([\s\S]*?)```/g)]

  test('every request has its answer', () => {
    expect(blocks.length).toBeGreaterThan(4)
    expect(blocks).toHaveLength(textOf(page).split('```graphql\n').length - 1)
  })

  test('every request is answered as the page shows', async () => {
    const harness = await startWholeSystem()
    const variables: Record<string, string> = {}
    try {
      for (const [, source, answer] of blocks) {
        parse(source!)
        const shown = JSON.parse(answer!)
        // What stores the history and the rules may be a moment behind.
        let answered: Answer = {}
        const ask = async () => {
          answered = await harness.ask(source!, variables)
          return answered
        }
        await expect.poll(ask, { interval: 50 }).toMatchObject(shape(shown) as object)
        for (const result of Object.values<{ token?: string; id?: string } | null>(answered.data ?? {})) {
          if (result?.token !== undefined) variables.token = result.token
          if (result?.id !== undefined) variables.list = result.id
        }
      }
    } finally {
      await harness.close()
    }
  })
})
