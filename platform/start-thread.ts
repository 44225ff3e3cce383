import { Worker, type WorkerOptions } from 'node:worker_threads'

/**
 * Starts a thread from a module in the caller's folder: the compiled file, or through tsx if the caller is TypeScript.
 *
 * @param name file name without extension
 * @param from the caller's import.meta.url
 */
export function startThread(name: string, from: string, options: WorkerOptions = {}): Worker {
  const module = new URL(`./${name}${from.endsWith('.ts') ? '.ts' : '.js'}`, from)
  if (!module.pathname.endsWith('.ts')) return new Worker(module, options)
  return new Worker(new URL('./thread-from-source.mjs', import.meta.url), { ...options, argv: [module.href] })
}
