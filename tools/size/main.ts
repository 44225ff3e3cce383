import { Command, InvalidArgumentError } from 'commander'
import { estimateSize, type Load } from './estimate.ts'
import { reportSize } from './report.ts'

const program = new Command('size')
  .description('Prints the processes, partitions, memory and disk that a shop needs, by what has been measured.')
  .requiredOption('--events-per-second <n>', 'at the peak', number)
  .requiredOption('--items <n>', 'in the catalog', number)
  .requiredOption('--users <n>', 'with a history', number)
  .option('--sockets <n>', 'pages that are open at a time', number, 1_000)
  .option('--days <n>', 'of events that are kept', number, 30)
  .option('--json', 'one JSON object instead of a table')
  .parse()

const { json, ...load } = program.opts<Load & { json?: boolean }>()
const size = estimateSize(load)
console.log(json ? JSON.stringify(size) : reportSize(load, size))

function number(text: string): number {
  const value = Number(text)
  if (text.trim() !== '' && value >= 0 && value <= 1e12) return value
  throw new InvalidArgumentError(`expected a number from 0 to 1e12, got "${text}"`)
}
