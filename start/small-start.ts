import { setFlagsFromString } from 'node:v8'

/**
 * Imported before everything else, it keeps V8's young generation small until `allowGrowth`. While modules are loaded V8
 * would double it up to 32 MB in each thread, and what it has grown to stays resident in a process that then has little
 * to do.
 */
setFlagsFromString('--semi-space-growth-factor=1')

/** Lets the young generation grow with the load, as V8 does by default. To be called once the process has started. */
export function allowGrowth(): void {
  setFlagsFromString('--semi-space-growth-factor=2')
}
