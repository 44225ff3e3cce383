import { writeFile } from 'node:fs/promises'
import { tablesCql } from './cql.ts'
import { allTables } from './tables.ts'

await writeFile(new URL('tables.cql', import.meta.url), tablesCql(allTables))
