// node scripts/run.mjs PATH [ARG ...]: builds what changed, then runs dist/PATH as this process.
import { fileURLToPath } from 'node:url'
import { build } from './build.mjs'

const [path, ...args] = process.argv.slice(2)
if (!build()) process.exit(1)
const main = new URL(`../dist/${path}`, import.meta.url)
process.argv = [process.argv[0], fileURLToPath(main), ...args]
await import(main.href)
