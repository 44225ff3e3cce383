import { existsSync, readFileSync } from 'node:fs'
import { buildSchema, findBreakingChanges, findDangerousChanges } from 'graphql'

/** Compares the emitted schema with the public contract: nothing of it may be missing or changed. */
const contractFile = new URL('../../shared/api.graphql', import.meta.url)
const schemaFile = new URL('../schema/schema.graphql', import.meta.url)

if (!existsSync(contractFile)) {
  console.log('no contract beside this repository: nothing to compare')
} else {
  const contract = buildSchema(readFileSync(contractFile, 'utf8'))
  const emitted = buildSchema(readFileSync(schemaFile, 'utf8'))
  const breaking = findBreakingChanges(contract, emitted)
  // Another default is another meaning; a further union member or optional argument is not.
  const changed = findDangerousChanges(contract, emitted).filter(({ type }) => type === 'ARG_DEFAULT_VALUE_CHANGE')
  for (const { type, description } of [...breaking, ...changed]) console.error(`${type}: ${description}`)
  if (breaking.length + changed.length > 0) process.exit(1)
  console.log('schema/schema.graphql contains all of the contract')
}
