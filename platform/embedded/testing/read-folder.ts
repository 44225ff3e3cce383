import { openEnvironment } from '../environment.ts'

/** Keeps a read transaction open until it is killed. */
const [dir] = process.argv.slice(2)
const env = openEnvironment({ dir: dir! })
for (const _ of env.rows.range({ limit: 1 })) break
console.log('reading')
setInterval(() => {}, 1000)
