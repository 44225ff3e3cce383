import { expect, test } from 'vitest'
import config from '../../docs/.vitepress/config.ts'

interface LocalSearch {
  readonly options: {
    readonly miniSearch: {
      readonly options: { readonly processTerm: (term: string) => string | null }
      readonly searchOptions: { readonly boostDocument: (id: string) => number }
    }
  }
}
const { miniSearch } = (config.themeConfig!.search as unknown as LocalSearch).options

/** As VitePress passes functions to the browser: by their text, without what surrounds them. */
const sent = <F>(inConfig: F): F => new Function(`return (${String(inConfig)})`)() as F

test('questions are searched by the words that carry their meaning', () => {
  const processTerm = sent(miniSearch.options.processTerm)
  expect(['Where', 'is', 'a', 'List', 'cached'].map(processTerm)).toEqual([null, null, null, 'list', 'cached'])
})

test('tasks are found before decisions and figures', () => {
  const boost = sent(miniSearch.searchOptions.boostDocument)
  expect(boost('/adr/0001-revision-from-the-log.html#why')).toBeLessThan(boost('/concepts.html#revision'))
  expect(boost('/performance.html#results')).toBeLessThan(boost('/sizing.html#size-a-cluster'))
})
