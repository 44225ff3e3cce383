import { readFile } from 'node:fs/promises'

/** Ticks per second of /proc; the same on every Linux that Node runs on. */
const ticksPerSecond = 100

/** Seconds of CPU that all threads of a process have used; NaN if the system does not report it. */
export async function cpuSecondsOf(pid: number): Promise<number> {
  const line = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')
  const fields = line.slice(line.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond
}

export interface Memory {
  /** Bytes of resident memory. */
  readonly resident: number
  /**
   * The part of it that belongs to the process alone; the rest are pages of files, which the system takes back on
   * demand.
   */
  readonly anonymous: number
}

/** Bytes of memory of a process; NaN if the system does not report it. */
export async function memoryPartsOf(pid: number): Promise<Memory> {
  const text = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '')
  const bytes = (name: string) => Number(new RegExp(`${name}:\\s+(\\d+) kB`).exec(text)?.[1]) * 1024
  return { resident: bytes('VmRSS'), anonymous: bytes('RssAnon') }
}

/** Bytes of resident memory of a process; NaN if the system does not report it. */
export const memoryOf = async (pid: number): Promise<number> => (await memoryPartsOf(pid)).resident
