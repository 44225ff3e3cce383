// Node 20 runs no TypeScript in a thread by itself; the program's path comes in workerData.
import { workerData } from 'node:worker_threads'
import { register } from 'tsx/esm/api'

register()
await import(workerData.program)
