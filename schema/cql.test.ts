import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { createTableCql, tablesCql } from './cql.ts'
import { allTables } from './tables.ts'

test('schema/tables.cql says what schema/tables.ts says (npm run schema makes it anew)', async () => {
  expect(await readFile(new URL('tables.cql', import.meta.url), 'utf8')).toBe(tablesCql(allTables))
})

test('a comment with a quote stays one string', () => {
  const table = { name: 't', partitionKey: 'k', value: 'v', comment: "the shop's rows" }
  expect(createTableCql(table)).toContain("comment = 'the shop''s rows'")
})
