import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { held, promisesNothing } from './tests-of-comments.ts'

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8')
const plain = (text: string) => text.replaceAll('catalogue', 'catalog').replaceAll(/\s+/g, ' ').trim()
const sentences = commentsOf(read('schema/contract/edition-2.graphql')).flatMap((comment) =>
  plain(comment)
    .replace(/^\w+: .* # /, '')
    .split(/(?<=[.;])\s+/),
)

describe('the words of the contract', () => {
  test.each(sentences)('“%s” is named by an entry', (sentence) => {
    const words = [...held.map(([text]) => plain(text)), ...promisesNothing]
    expect(words.some((text) => sentence.includes(text) || text.includes(sentence))).toBe(true)
  })

  test.each(held.map(([words]) => plain(words)))('“%s” are words of the contract', (words) => {
    expect(sentences.join(' ')).toContain(words)
  })

  test.each(held)('“%s” are held by tests that exist', (_, ...tests) => {
    expect(tests.length).toBeGreaterThan(0)
    for (const [file, name] of tests) {
      const names = [...read(file).matchAll(/\btest(?:\.each(?:<.*?>)?\([\s\S]*?\))?\(\s*(['"`])(.*?)\1,/g)].map(
        ([, , text]) => text!,
      )
      expect(
        names.some((text) => text.startsWith(name)),
        `${file}: ${name}`,
      ).toBe(true)
    }
  })
})

/** Descriptions, and comments with the lines that continue them; a line of YAML is a comment of its own. */
function commentsOf(document: string): string[] {
  const comments: string[] = []
  let isContinued = false
  for (const line of document.split('\n')) {
    const described = /^\s*"(.*)"\s*$/.exec(line)
    const found = described ?? /#\s?(.*)$/.exec(line)
    const text = found?.[1] ?? ''
    if (found && isContinued && /^\s*#(?! {2})/.test(line)) comments.push(`${comments.pop()} ${text}`)
    else if (found) comments.push(text)
    isContinued = found !== null && described === null
  }
  return comments
}
