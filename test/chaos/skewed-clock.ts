import { readFileSync } from 'node:fs'

/**
 * Loaded before a program (`node --import`): its clock is off by the milliseconds that the file CHAOS_SKEW_FILE holds, as if
 * the system's had been set while it runs. Timers go on as they were: they do not follow the system's clock either.
 */
const file = process.env.CHAOS_SKEW_FILE
if (file !== undefined) {
  const trueNow = Date.now.bind(Date)
  let skewMs = 0
  const read = () => {
    try {
      skewMs = Number(readFileSync(file, 'utf8')) || 0
    } catch {
      skewMs = 0
    }
  }
  read()
  setInterval(read, 100).unref()
  const now = () => trueNow() + skewMs
  globalThis.Date = new Proxy(Date, {
    construct: (target, args, newTarget) =>
      Reflect.construct(target, args.length === 0 ? [now()] : args, newTarget === Date ? target : newTarget),
    get: (target, name, receiver) => (name === 'now' ? now : Reflect.get(target, name, receiver)),
  })
}
