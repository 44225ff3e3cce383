import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import type { Surroundings } from './scratch.ts'

const installMsMax = 180_000

/**
 * A Python that has these modules: BENCH_PYTHON or python3 where they do, else a new virtual environment in a
 * temporary folder. Where that cannot be made either, python3 as it is.
 */
export async function findPython(modules: readonly string[], { folder, say }: Surroundings): Promise<string> {
  const imports = ['-c', modules.map((name) => `import ${name}`).join('\n')]
  const has = (python: string) => spawnSync(python, imports, { stdio: 'ignore' }).status === 0
  const known = [process.env.BENCH_PYTHON, 'python3'].filter((python) => python !== undefined)
  const found = known.find(has)
  if (found !== undefined) return found
  const dir = await folder()
  const python = join(dir, 'bin', 'python')
  say(`installing ${modules.join(', ')} into a temporary environment`)
  const options = { stdio: 'ignore', timeout: installMsMax } as const
  const made =
    spawnSync('python3', ['-m', 'venv', dir], options).status === 0 &&
    spawnSync(python, ['-m', 'pip', 'install', '--quiet', '--only-binary', ':all:', ...modules], options).status === 0
  return made ? python : 'python3'
}
