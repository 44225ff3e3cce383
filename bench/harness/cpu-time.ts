import { readFile } from 'node:fs/promises'

/** Ticks a second of /proc; the same on every Linux that Node runs on. */
const ticksPerSecond = 100

/** Seconds of CPU that a process has used, all threads together; NaN where the system does not tell. */
export async function cpuSecondsOf(pid: number): Promise<number> {
  const line = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')
  const fields = line.slice(line.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond
}

/** Bytes of memory that a process holds; NaN where the system does not tell. */
export async function memoryOf(pid: number): Promise<number> {
  const text = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '')
  return Number(/VmRSS:\s+(\d+) kB/.exec(text)?.[1]) * 1024
}
