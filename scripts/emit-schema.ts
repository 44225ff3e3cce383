import { writeFileSync } from 'node:fs'
import { schemaText } from '../server/schema.ts'

writeFileSync(new URL('../schema/schema.graphql', import.meta.url), schemaText())
