import { isMainThread, parentPort, workerData } from 'node:worker_threads'
import { openEmbedded } from '../open-embedded.ts'

/** A member of a group, in a process or a thread; reports every record. */
const [dir, group, leaseMs, pollMs = 250] = isMainThread
  ? process.argv.slice(2)
  : [workerData.dir, workerData.group, workerData.leaseMs, workerData.pollMs]
const tell = (line: string) => (isMainThread ? console.log(line) : parentPort!.postMessage(line))

const { log } = await openEmbedded({
  dir,
  lock: false,
  heartbeatMs: 50,
  leaseMs: Number(leaseMs),
  pollMs: Number(pollMs),
})
await log.consume({ group, topics: ['work'] }, async (batch) => {
  for (const { value } of batch.records) {
    tell(`read ${batch.partition} ${Buffer.from(value!).toString()}`)
  }
})
tell('joined')
