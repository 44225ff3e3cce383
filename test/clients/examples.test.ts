import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

test('every example and package that tells reasons apart knows all of them', () => {
  const schema = readFileSync('schema/schema.graphql', 'utf8')
  const reasons = /^union Reason = (.*)$/m.exec(schema)![1]!.split(' | ')
  expect(reasons).toContain('ChosenByShop')
  const files = ['client-examples', ...['client', 'react', 'element'].map((name) => `packages/${name}/src`)]
    .flatMap((folder) => readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name)))
    .filter((name) => /\.(ts|tsx|mjs|graphql|html)$/.test(name) && !name.includes('generated'))
    .map((name) => ({ name, text: readFileSync(name, 'utf8') }))
    .filter(({ text }) => text.includes('NewArrival'))
  expect(files.length).toBeGreaterThanOrEqual(5)
  for (const { name, text } of files) {
    expect([name, reasons.filter((reason) => !text.includes(reason))]).toEqual([name, []])
  }
})
