/**
 * Types for the operations of the pages and examples, from schema/schema.graphql: `npm run codegen`.
 * With --check nothing is written; it fails where a generated file is stale.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { codegen } from '@graphql-codegen/core'
import * as typedDocumentNode from '@graphql-codegen/typed-document-node'
import * as typescriptOperations from '@graphql-codegen/typescript-operations'
import {
  buildASTSchema,
  type DocumentNode,
  type FragmentDefinitionNode,
  Kind,
  type OperationDefinitionNode,
  parse,
  print,
  stripIgnoredCharacters,
  visit,
} from 'graphql'

/** What is asked → where the types of it go. */
const targets = [
  {
    operations: 'client-examples/storefront/src/operations.graphql',
    generated: 'client-examples/storefront/src/generated/graphql.ts',
  },
  { operations: 'console/src/operations.graphql', generated: 'console/src/generated/graphql.ts' },
  {
    operations: 'packages/client/src/operations.graphql',
    generated: 'packages/client/src/generated/operations.ts',
    asText: true, // a package that brings no GraphQL library
  },
]

const read = (path: string) => readFileSync(path, 'utf8')
process.chdir(fileURLToPath(new URL('..', import.meta.url)))
const schema = parse(read('schema/schema.graphql'))
const checking = process.argv.includes('--check')

for (const { operations, generated, asText = false } of targets) {
  const document = parse(read(operations))
  const types = await codegen({
    schema,
    schemaAst: buildASTSchema(schema),
    documents: [{ location: operations, document }],
    filename: generated,
    config: {
      scalars: { DateTime: 'string', ID: 'string' },
      enumType: 'string-literal',
      immutableTypes: true,
      useTypeImports: true,
    },
    plugins: [{ typescriptOperations: {} }, ...(asText ? [] : [{ typedDocumentNode: {} }])],
    pluginMap: { typescriptOperations, typedDocumentNode },
  })
  const documents = asText ? textsOf(document) : ''
  const text = `// Made by npm run codegen from ${operations}. Do not edit.\n${documents}${types}`
  if (checking && (!existsSync(generated) || read(generated) !== text)) {
    console.error(`${generated} is stale: npm run codegen`)
    process.exitCode = 1
  }
  if (checking) continue
  mkdirSync(dirname(generated), { recursive: true })
  writeFileSync(generated, text)
}

/** One constant for each fragment and operation: its text without white space, followed by the fragments that it needs. */
function textsOf({ definitions }: DocumentNode): string {
  const fragments = definitions.filter((definition) => definition.kind === Kind.FRAGMENT_DEFINITION)
  const operations = definitions.filter((definition) => definition.kind === Kind.OPERATION_DEFINITION)
  const textOf = (definition: FragmentDefinitionNode | OperationDefinitionNode) =>
    JSON.stringify(stripIgnoredCharacters(print(definition)))
  const constant = ({ name: { value } }: FragmentDefinitionNode) =>
    `${value[0]!.toLowerCase()}${value.slice(1)}Fragment`
  const lines = fragments.map((fragment) => `const ${constant(fragment)} = ${textOf(fragment)}`)
  for (const operation of operations) {
    const name = operation.name!.value
    const suffix = `${operation.operation[0]!.toUpperCase()}${operation.operation.slice(1)}`
    const [data, variables] = [`${name}${suffix}`, `${name}${suffix}Variables`]
    const parts = [textOf(operation), ...fragmentsOf(operation, fragments).map(constant)]
    const type = `TypedDocument<${data}, ${variables}>`
    lines.push(`export const ${name[0]!.toLowerCase()}${name.slice(1)}Document: ${type} = ${parts.join(' + ')}`)
  }
  return `import type { TypedDocument } from '../document.ts'\n\n${lines.join('\n')}\n\n`
}

/** Those that it spreads, directly or through another. */
function fragmentsOf(
  within: FragmentDefinitionNode | OperationDefinitionNode,
  fragments: readonly FragmentDefinitionNode[],
): readonly FragmentDefinitionNode[] {
  const found = new Set<FragmentDefinitionNode>()
  visit(within, {
    FragmentSpread({ name }) {
      const fragment = fragments.find((one) => one.name.value === name.value)!
      found.add(fragment)
      for (const inner of fragmentsOf(fragment, fragments)) found.add(inner)
    },
  })
  return [...found]
}
