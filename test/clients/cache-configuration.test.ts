import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { buildSchema, type GraphQLOutputType, getNamedType, isObjectType, isUnionType } from 'graphql'
import { expect, test } from 'vitest'
import { root } from '../support/start-process.ts'

const schema = buildSchema(readFileSync(join(root, 'schema/schema.graphql'), 'utf8'))
const guide = readFileSync(join(root, 'docs/api.md'), 'utf8')

const queries = ['recommendations', 'sessionRecommendations', 'similarItems', 'home', 'item', 'catalog', 'user']

/** Graphcache treats these as parts of their parent without being told. */
const isConnectionPart = (name: string) => /(Connection|Edge)$|^PageInfo$/.test(name)

function typesOf(type: GraphQLOutputType, found = new Set<string>()): ReadonlySet<string> {
  const named = getNamedType(type)
  if (isUnionType(named)) for (const member of named.getTypes()) typesOf(member, found)
  if (!isObjectType(named) || found.has(named.name)) return found
  found.add(named.name)
  for (const field of Object.values(named.getFields())) typesOf(field.type, found)
  return found
}

test('the guide names every type without an id that the queries of a page return', () => {
  const fields = schema.getQueryType()!.getFields()
  const found = new Set(queries.flatMap((name) => [...typesOf(fields[name]!.type)]))
  const withoutId = [...found].filter((name) => {
    const type = schema.getType(name)
    return isObjectType(type) && !type.getFields().id && !isConnectionPart(name)
  })
  const named = [...guide.matchAll(/^ {4}(\w+): embedded,$/gm)].map(([, name]) => name)
  expect(named.sort()).toEqual(withoutId.sort())
})

test('the guide names every reason', () => {
  const [, names] = /possibleTypes: { Reason: \[(.+)\] }/.exec(guide)!
  const reason = schema.getType('Reason')
  const members = isUnionType(reason) ? reason.getTypes().map(({ name }) => `'${name}'`) : []
  expect(names!.split(', ').sort()).toEqual(members.sort())
})
