import { Command, InvalidArgumentError } from 'commander'
import { messageOf } from '../../schema/app-error.ts'
import { simulate } from './simulate.ts'

interface Options {
  readonly seeds: number
  readonly from: number
  readonly trace: boolean
}

const program = new Command('simulate')
  .description(
    'Runs the real stages over a simulated log and store: every seed is one history of crashes, delays, repeated deliveries, rebalances and late writers, and its end is compared with the undisturbed run.',
  )
  .option('--seeds <n>', 'how many histories', whole, 1000)
  .option('--from <seed>', 'the first seed', whole, 1)
  .option('--trace', 'print every step: for a single seed', false)
  .action(run)

await program.parseAsync().catch((error: unknown) => {
  console.error(messageOf(error))
  process.exitCode = 1
})

async function run({ seeds, from, trace }: Options): Promise<void> {
  const startedAt = performance.now()
  const sums = { steps: 0, faults: 0, records: 0, failed: 0 }
  for (let seed = from; seed < from + seeds; seed++) {
    const result = await simulate(seed, trace ? { onTrace: (line) => console.log(line) } : {})
    sums.steps += result.steps
    sums.faults += result.faults
    sums.records += result.records
    if (result.problems.length > 0) {
      sums.failed++
      clearLine()
      console.log(`seed ${seed} fails:\n  ${result.problems.join('\n  ')}`)
      console.log(`  again: npm run simulate -- --from ${seed} --seeds 1 --trace\n`)
    }
    showProgress(seed - from + 1, seeds, startedAt, sums.failed)
  }
  clearLine()
  const { steps, faults, records, failed } = sums
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1)
  console.log(
    `${seeds} seeds from ${from} in ${seconds} s: ${steps} steps, ${records} records, ${faults} faults, ${failed} failed`,
  )
  if (failed > 0) process.exitCode = 1
}

function showProgress(done: number, seeds: number, startedAt: number, failed: number): void {
  if (!process.stderr.isTTY || (done % 10 !== 0 && done !== seeds)) return
  const rate = done / ((performance.now() - startedAt) / 1000)
  const left = Math.round((seeds - done) / rate)
  process.stderr.write(`\r${done} of ${seeds} seeds, ${rate.toFixed(0)} a second, ${left} s left, ${failed} failed `)
}

function clearLine(): void {
  if (process.stderr.isTTY) process.stderr.write('\r\x1b[K')
}

function whole(text: string): number {
  const value = Number(text)
  if (!Number.isSafeInteger(value) || value < 1) throw new InvalidArgumentError('expected a whole number from 1 on')
  return value
}
