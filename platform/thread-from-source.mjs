// Node 20 runs no TypeScript in a thread by itself. Never part of a build: see start-thread.ts.
import { register } from 'tsx/esm/api'

register()
await import(process.argv[2])
