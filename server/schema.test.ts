import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { rules } from './guard/access-rules.ts'
import { getSchema, schemaText } from './schema.ts'

test('schema/schema.graphql is what the classes say; `npm run schema` writes it', () => {
  const committed = readFileSync(new URL('../schema/schema.graphql', import.meta.url), 'utf8')
  expect(committed).toBe(schemaText())
})

test('every operation has an access rule, and every rule an operation', () => {
  const schema = getSchema()
  const types = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()]
  const operations = types.flatMap((type) => Object.keys(type?.getFields() ?? {}))
  expect(Object.keys(rules).sort()).toEqual(operations.sort())
})
