import { createRequire } from 'node:module'
import { fileURLToPath, pathToFileURL } from 'node:url'

/**
 * Arguments of Node for a program beside the caller: as it is where it is compiled, through tsx where it is still
 * TypeScript.
 *
 * @param name without ending
 * @param from the caller's import.meta.url
 */
export function programArguments(name: string, from: string, args: readonly string[]): string[] {
  const isSource = from.endsWith('.ts')
  const path = fileURLToPath(new URL(`./${name}${isSource ? '.ts' : '.js'}`, from))
  const loader = isSource ? ['--import', pathToFileURL(createRequire(from).resolve('tsx')).href] : []
  return [...loader, path, ...args]
}
