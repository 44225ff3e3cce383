import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { buildSchema, findBreakingChanges, findDangerousChanges, type GraphQLSchema } from 'graphql'

/**
 * Compares the emitted schema with every edition of the public contract in schema/contract: no part of it may be
 * missing or changed. If the contract also exists beside this repository, the copies must be equal.
 */
const editionsFolder = new URL('../schema/contract/', import.meta.url)
const schemaFile = new URL('../schema/schema.graphql', import.meta.url)
const originals: Readonly<Record<string, string>> = {
  'edition-1.graphql': '../../shared/api.graphql',
  'edition-2.graphql': '../../shared/api-2.graphql',
}

const emitted = buildSchema(readFileSync(schemaFile, 'utf8'))
const problems = readdirSync(editionsFolder)
  .toSorted()
  .flatMap((name) => [...problemsOf(name), ...copyProblemsOf(name)].map((problem) => `${name}: ${problem}`))
for (const problem of problems) console.error(problem)
if (problems.length > 0) process.exit(1)
console.log('schema/schema.graphql contains all of both editions of the contract')

function problemsOf(name: string): string[] {
  const contract = buildSchema(readFileSync(new URL(name, editionsFolder), 'utf8'))
  const breaking = findBreakingChanges(contract, emitted)
  // A changed default changes the meaning; an additional union member or optional argument does not.
  const changed = findDangerousChanges(contract, emitted).filter(({ type }) => type === 'ARG_DEFAULT_VALUE_CHANGE')
  const inputDefaults = inputDefaultChanges(contract)
  return [...breaking, ...changed].map(({ type, description }) => `${type}: ${description}`).concat(inputDefaults)
}

/** graphql-js compares defaults of arguments, not those of input fields. */
function inputDefaultChanges(contract: GraphQLSchema): string[] {
  return Object.values(contract.getTypeMap()).flatMap((type) => {
    const other = emitted.getType(type.name)
    if (!('getFields' in type) || !other || !('getFields' in other)) return []
    const others = other.getFields()
    return Object.values(type.getFields()).flatMap((field) => {
      if (!('defaultValue' in field)) return []
      const found = others[field.name]
      if (!found || !('defaultValue' in found)) return []
      const [wanted, given] = [field, found].map(({ defaultValue }) => JSON.stringify(defaultValue) ?? 'none')
      return wanted === given
        ? []
        : [`INPUT_DEFAULT_CHANGE: ${type.name}.${field.name}: expected ${wanted}, got ${given}`]
    })
  })
}

function copyProblemsOf(name: string): string[] {
  const original = new URL(originals[name] ?? '', import.meta.url)
  if (originals[name] === undefined || !existsSync(original)) return []
  const isSame = readFileSync(original).equals(readFileSync(new URL(name, editionsFolder)))
  return isSame ? [] : [`differs from ${originals[name]}`]
}
