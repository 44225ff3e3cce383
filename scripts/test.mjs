// The one test command: static checks, build, then every test. Prints `N passed, N failed` last.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ensureInstalled } from './ensure-installed.mjs'

ensureInstalled()

const bin = (name) => join('node_modules', '.bin', name)
const scratch = mkdtempSync(join(tmpdir(), 'pickstream-test-'))
const report = join(scratch, 'vitest.json')
const started = Date.now()
const seconds = () => ((Date.now() - started) / 1000).toFixed(0)

const checks = [
  ['packages', 'node', ['scripts/build.mjs', 'packages']],
  ['types', bin('tsc'), ['--noEmit', '-p', 'tsconfig.json']],
  ['types of the storefront', bin('tsc'), ['--noEmit', '-p', 'client-examples/storefront']],
  ['types of the client package', bin('tsc'), ['-p', 'packages/client']],
  ['types of the React package', bin('tsc'), ['-p', 'packages/react']],
  ['types of the element package', bin('tsc'), ['-p', 'packages/element']],
  ['types of the Node example', bin('tsc'), ['-p', 'client-examples/node']],
  ['types of the hooks', bin('tsc'), ['-p', 'client-examples/react-hooks']],
  ['types of the Apollo example', bin('tsc'), ['-p', 'client-examples/apollo-client']],
  ['types of the console', bin('tsc'), ['--noEmit', '-p', 'console']],
  ['types of the explorer', bin('tsc'), ['--noEmit', '-p', 'explorer']],
  ['generated types are fresh', bin('tsx'), ['scripts/codegen.ts', '--check']],
  ['public contract', bin('tsx'), ['scripts/check-contract.ts']],
  ['lint and format', bin('biome'), ['ci', '--error-on-warnings', '.']],
  ['promise rules', bin('eslint'), ['.']],
  [
    'import rules',
    bin('depcruise'),
    ['engine', 'schema', 'platform', 'workers', 'server', 'start', 'tools', 'packages'],
  ],
  ['dead code', bin('knip'), []],
  ['licenses of what is shipped', 'npm', ['run', '--silent', 'licenses']],
  ['documentation site', bin('vitepress'), ['build', 'docs']],
  ['build', 'npm', ['run', '--silent', 'build']],
]

let passed = 0
let failed = 0
const failures = []

for (const [name, command, args] of checks) {
  const { status } = spawnSync(command, args, { stdio: 'inherit', env: process.env })
  if (status === 0) passed++
  else {
    failed++
    failures.push(name)
  }
  console.log(`${status === 0 ? 'ok  ' : 'FAIL'} ${name} (${seconds()} s)`)
}

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
