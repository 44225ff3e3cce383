// Node 20 runs no TypeScript in a thread by itself. Never part of a build: see writerProgram in write-queue.ts.
import { register } from 'tsx/esm/api'

register()
await import('./writer-thread.ts')
