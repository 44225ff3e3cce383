import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import Table from 'cli-table3'

/**
 * Gain of each kernel over its version in plain JavaScript where it is used: processor time of an event in embed, of
 * a list, and of a training, with one kernel disabled at a time. Every measurement runs in its own process, since
 * code that has run both ways is compiled otherwise. Usage: tsx bench/evaluate/kernels.ts [rounds, default 3]
 */
const kernels = ['dot', 'sums', 'score', 'layer', 'als', 'ridge', 'design'] as const
const [mode, without = ''] = process.argv.slice(2)

interface Cost {
  readonly embed: number
  readonly recommend: number
  /** Milliseconds. */
  readonly training: number
}

if (mode === 'measure') await measure()
else compare(Number(mode ?? 3))

async function measure(): Promise<void> {
  if (without !== '') await refuse(without)
  const { measurePerEvent } = await import('../engine/per-event.ts')
  process.stdout.write(JSON.stringify(measurePerEvent({ users: 500, items: 4_000 }, 5_000, 2_000)))
}

/** Makes the module of one kernel fail to compile, as without SIMD. */
async function refuse(kernel: string): Promise<void> {
  const module: Record<string, string> = await import(`../../engine/kernels/${kernel}-wasm.ts`)
  const refused = Buffer.from(module[`${kernel}Wasm`]!, 'base64')
  const scope = globalThis as unknown as {
    WebAssembly: { Module: new (bytes: Uint8Array) => object; Instance: unknown }
  }
  const { Module, Instance } = scope.WebAssembly
  scope.WebAssembly = {
    Instance,
    Module: new Proxy(Module, {
      construct(target, [bytes]: [Uint8Array]) {
        if (refused.equals(bytes)) throw new Error(`${kernel} is disabled`)
        return new target(bytes)
      },
    }),
  }
}

function compare(rounds: number): void {
  const variants = ['', ...kernels]
  const costs = new Map(variants.map((name): [string, Cost[]] => [name, []]))
  for (let round = 0; round < rounds; round++) {
    for (const name of variants) {
      const output = execFileSync(
        process.execPath,
        [...process.execArgv, fileURLToPath(import.meta.url), 'measure', name],
        { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] },
      )
      costs.get(name)!.push(JSON.parse(output) as Cost)
    }
  }
  const least = (name: string, part: keyof Cost) => Math.min(...costs.get(name)!.map((cost) => cost[part]))
  const table = new Table({ head: ['without', 'embed µs', 'list µs', 'training ms'], style: { head: [], border: [] } })
  for (const name of variants)
    table.push([
      name === '' ? '(all kernels)' : name,
      ...(['embed', 'recommend', 'training'] as const).map((part) => {
        const gain = least(name, part) / least('', part) - 1
        return `${least(name, part).toFixed(0)}${name === '' ? '' : ` (${gain > 0 ? '+' : ''}${(gain * 100).toFixed(0)} %)`}`
      }),
    ])
  process.stdout.write(`${table.toString()}\n`)
}
