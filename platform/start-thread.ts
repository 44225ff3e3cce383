import { Worker, type WorkerOptions } from 'node:worker_threads'

/** Starts a thread from a module: as it is where it is compiled, through tsx where it is still TypeScript (tests). */
export function startThread(module: URL, options: WorkerOptions = {}): Worker {
  if (!module.pathname.endsWith('.ts')) return new Worker(module, options)
  return new Worker(new URL('./thread-from-source.mjs', import.meta.url), { ...options, argv: [module.href] })
}
