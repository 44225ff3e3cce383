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
import { buildASTSchema, parse } from 'graphql'

/** What is asked → where the types of it go. */
const targets = [
  {
    operations: 'client-examples/node/operations.graphql',
    generated: 'client-examples/node/generated/graphql.ts',
  },
  {
    operations: 'client-examples/storefront/src/operations.graphql',
    generated: 'client-examples/storefront/src/generated/graphql.ts',
  },
  { operations: 'console/src/operations.graphql', generated: 'console/src/generated/graphql.ts' },
]

const read = (path: string) => readFileSync(path, 'utf8')
process.chdir(fileURLToPath(new URL('..', import.meta.url)))
const schema = parse(read('schema/schema.graphql'))
const checking = process.argv.includes('--check')

for (const { operations, generated } of targets) {
  const types = await codegen({
    schema,
    schemaAst: buildASTSchema(schema),
    documents: [{ location: operations, document: parse(read(operations)) }],
    filename: generated,
    config: {
      scalars: { DateTime: 'string', ID: 'string' },
      enumType: 'string-literal',
      immutableTypes: true,
      useTypeImports: true,
    },
    plugins: [{ typescriptOperations: {} }, { typedDocumentNode: {} }],
    pluginMap: { typescriptOperations, typedDocumentNode },
  })
  const text = `// Made by npm run codegen from ${operations}. Do not edit.\n${types}`
  if (checking && (!existsSync(generated) || read(generated) !== text)) {
    console.error(`${generated} is stale: npm run codegen`)
    process.exitCode = 1
  }
  if (checking) continue
  mkdirSync(dirname(generated), { recursive: true })
  writeFileSync(generated, text)
}
