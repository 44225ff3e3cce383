import { writeFile } from 'node:fs/promises'
import { tablesCql } from '../schema/cql.ts'
import { allTables } from '../schema/tables.ts'

await writeFile(new URL('../schema/tables.cql', import.meta.url), tablesCql(allTables))
