// The one test command: static checks and build, then every test. Prints `N passed, N failed` last.
import { spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { ensureInstalled } from './ensure-installed.mjs'

ensureInstalled()

const bin = (name) => join('node_modules', '.bin', name)
const scratch = mkdtempSync(join(tmpdir(), 'pickstream-test-'))
const report = join(scratch, 'vitest.json')
const started = Date.now()
const seconds = () => ((Date.now() - started) / 1000).toFixed(0)

/** What the checks below import. */
const packages = ['packages', 'node', ['scripts/build.mjs', 'packages']]
/** Independent of each other; those that take longest come first. */
const checks = [
  ['promise rules', bin('eslint'), ['.']],
  ['build', 'npm', ['run', '--silent', 'build']],
  ['types', bin('tsc'), ['--noEmit', '-p', 'tsconfig.json']],
  ['types of the packages', bin('tsc'), ['-p', 'packages']],
  ['documentation site', bin('vitepress'), ['build', 'docs']],
  ['types of the storefront', bin('tsc'), ['--noEmit', '-p', 'client-examples/storefront']],
  ['types of the Node example', bin('tsc'), ['-p', 'client-examples/node']],
  ['types of the hooks', bin('tsc'), ['-p', 'client-examples/react-hooks']],
  ['types of the Apollo example', bin('tsc'), ['-p', 'client-examples/apollo-client']],
  ['types of the console', bin('tsc'), ['--noEmit', '-p', 'console']],
  ['types of the explorer', bin('tsc'), ['--noEmit', '-p', 'explorer']],
  [
    'import rules',
    bin('depcruise'),
    ['engine', 'schema', 'platform', 'workers', 'server', 'start', 'tools', 'packages'],
  ],
  ['dead code', bin('knip'), []],
  ['lint and format', bin('biome'), ['ci', '--error-on-warnings', '.']],
  ['generated types are fresh', bin('tsx'), ['scripts/codegen.ts', '--check']],
  ['public contract', bin('tsx'), ['scripts/check-contract.ts']],
  ['licenses of what is shipped', 'npm', ['run', '--silent', 'licenses']],
]
const checksInFlightMax = Math.min(4, availableParallelism())

let passed = 0
let failed = 0
const failures = []

await check(packages)
const waiting = [...checks]
const inTurn = async () => {
  for (let next = waiting.shift(); next; next = waiting.shift()) await check(next)
}
await Promise.all(Array.from({ length: checksInFlightMax }, inTurn))

if (failures.includes('build')) {
  console.log('The build failed: no test was run.')
} else {
  const only = process.argv.slice(2)
  const args = ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${report}`, ...only]
  const { status } = spawnSync(bin('vitest'), args, { stdio: 'inherit', env: process.env })
  const counts = readReport()
  passed += counts.passed
  failed += counts.failed
  if (counts.skipped > 0) console.log(`SKIPPED: ${counts.skipped} tests (see above for the reason)`)
  if (process.env.CI && counts.skipped > 0) {
    failed += counts.skipped
    failures.push('skipped tests')
  }
  if (status !== 0 && counts.failed === 0) {
    failed++
    failures.push('vitest')
  }
}

rmSync(scratch, { recursive: true, force: true })
if (failures.length > 0) console.log(`Failed checks: ${failures.join(', ')}`)
console.log(`Took ${seconds()} s.`)
console.log(`${passed} passed, ${failed} failed`)
process.exit(failed === 0 ? 0 : 1)

/** Runs one check, then prints what it printed, in one piece. */
async function check([name, command, args]) {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], env: process.env })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk) => {
      output += chunk
    })
  }
  const status = await new Promise((resolve) => {
    child.on('close', resolve).on('error', ({ message }) => {
      output += `${message}\n`
      resolve(undefined)
    })
  })
  if (status === 0) passed++
  else {
    failed++
    failures.push(name)
  }
  console.log(`${output}${status === 0 ? 'ok  ' : 'FAIL'} ${name} (${seconds()} s)`)
}

function readReport() {
  try {
    const { numPassedTests, numFailedTests, numPendingTests, numTodoTests, numFailedTestSuites } = JSON.parse(
      readFileSync(report, 'utf8'),
    )
    return {
      passed: numPassedTests,
      failed: Math.max(numFailedTests, numFailedTestSuites > 0 && numFailedTests === 0 ? 1 : 0),
      skipped: numPendingTests + numTodoTests,
    }
  } catch {
    return { passed: 0, failed: 1, skipped: 0 }
  }
}
