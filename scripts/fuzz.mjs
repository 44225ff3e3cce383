// node scripts/fuzz.mjs [--minutes N] [--seed N]: repeats the fuzz tests (documents, socket messages, event streams, REST, records, files) with
// ascending seeds until the time is over. A seed that fails is printed, and can be repeated exactly. npm test runs a small part of it.
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { ensureInstalled } from './ensure-installed.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
const tests = [
  'server/fuzz.test.ts',
  'server/schema.fuzz.test.ts',
  'server/rest/rest-api.fuzz.test.ts',
  'schema/records/records.fuzz.test.ts',
  'tools/import/files.fuzz.test.ts',
]
const perRound = { FUZZ_REQUESTS: '8000', FUZZ_MESSAGES: '4000', FUZZ_RECORDS: '20000', FUZZ_FILES: '3000' }

const { values } = parseArgs({
  options: { minutes: { type: 'string', default: '10' }, seed: { type: 'string', default: '1' } },
})
const minutes = Number(values.minutes)
const first = Number(values.seed)
if (!(minutes > 0) || !Number.isInteger(first)) {
  console.error(`expected --minutes above 0 and --seed a whole number, got ${values.minutes} and ${values.seed}`)
  process.exit(2)
}
ensureInstalled()

const until = performance.now() + minutes * 60_000
let seed = first
for (; seed === first || performance.now() < until; seed++) {
  const env = { ...process.env, ...perRound, FUZZ_SEED: String(seed) }
  const { status } = spawnSync('npx', ['vitest', 'run', ...tests, '--reporter', 'dot'], {
    cwd: root,
    env,
    stdio: 'inherit',
  })
  if (status === 0) continue
  console.error(`seed ${seed} fails: npm run fuzz -- --minutes 0.1 --seed ${seed}`)
  process.exit(1)
}
console.log(`seeds ${first} to ${seed - 1} hold`)
