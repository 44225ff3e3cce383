import { readFileSync } from 'node:fs'
import {
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isIntrospectionType,
  isObjectType,
  isSpecifiedScalarType,
} from 'graphql'
import { expect, test } from 'vitest'
import { rules } from './guard/access-rules.ts'
import { getSchema, getSubgraphSchema, schemaText } from './schema.ts'

test('schema/schema.graphql is what the classes say; `npm run schema` writes it', () => {
  const committed = readFileSync(new URL('../schema/schema.graphql', import.meta.url), 'utf8')
  expect(committed).toBe(schemaText())
})

test('every operation has an access rule, and every rule an operation', () => {
  const schema = getSubgraphSchema()
  const types = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()]
  const operations = types.flatMap((type) => Object.keys(type?.getFields() ?? {}))
  expect(Object.keys(rules).sort()).toEqual(operations.sort())
})

test('every type, field, argument and enum value has a description', () => {
  const missing: string[] = []
  const check = (path: string, { description }: { readonly description?: string | null }) => {
    if (!description?.trim()) missing.push(path)
  }
  for (const type of Object.values(getSchema().getTypeMap())) {
    if (isIntrospectionType(type) || isSpecifiedScalarType(type)) continue
    check(type.name, type)
    if (isEnumType(type)) for (const value of type.getValues()) check(`${type.name}.${value.name}`, value)
    if (isInputObjectType(type))
      for (const field of Object.values(type.getFields())) check(`${type.name}.${field.name}`, field)
    if (isObjectType(type) || isInterfaceType(type))
      for (const field of Object.values(type.getFields())) {
        check(`${type.name}.${field.name}`, field)
        for (const arg of field.args) check(`${type.name}.${field.name}(${arg.name})`, arg)
      }
  }
  expect(missing).toEqual([])
})
