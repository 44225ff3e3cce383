// Node 20 runs no TypeScript in a thread by itself. Never part of a build: see threadProgram in ranking-handle.ts.
import { register } from 'tsx/esm/api'

register()
await import('./ranking-thread.ts')
