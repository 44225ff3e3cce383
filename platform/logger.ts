import { type Logger, pino } from 'pino'
import type { Config } from './config.ts'

export type { Logger }

/** Returns a logger that writes structured lines to standard output. A log line must not contain user ids. */
export function createLogger(config: Pick<Config, 'LOG_LEVEL' | 'LOG_PRETTY'>, name: string): Logger {
  return pino({
    name,
    level: config.LOG_LEVEL,
    ...(config.LOG_PRETTY && { transport: { target: 'pino-pretty', options: { ignore: 'pid,hostname' } } }),
  })
}

export const silentLogger: Logger = pino({ level: 'silent' })
