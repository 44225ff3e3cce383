import { readFileSync } from 'node:fs'

/** Resident memory of these processes, where the system tells (Linux); 0 elsewhere. */
export function memoryMbOf(pids: readonly (number | undefined)[]): number {
  let kb = 0
  for (const pid of pids) {
    if (pid === undefined) continue
    try {
      kb += Number(/^RssAnon:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0)
    } catch {
      // it has just ended
    }
  }
  return Math.round(kb / 1024)
}
