import { createRequire } from 'node:module'
import { fileURLToPath, pathToFileURL } from 'node:url'

/**
 * Returns the arguments of Node for a program in the caller's folder: the compiled file, or through tsx if the caller
 * is TypeScript.
 *
 * @param name file name without extension
 * @param from the caller's import.meta.url
 */
export function programArguments(name: string, from: string, args: readonly string[]): string[] {
  const isSource = from.endsWith('.ts')
  const path = fileURLToPath(new URL(`./${name}${isSource ? '.ts' : '.js'}`, from))
  const loader = isSource ? ['--import', pathToFileURL(createRequire(from).resolve('tsx')).href] : []
  return [...loader, path, ...args]
}
