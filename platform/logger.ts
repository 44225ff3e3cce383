import { type Logger, pino } from 'pino'
import type { Config } from './config.ts'

export type { Logger }

/** Structured logs on standard output. Users' ids never go into a log line. */
export function createLogger(config: Pick<Config, 'LOG_LEVEL' | 'LOG_PRETTY'>, name: string): Logger {
  return pino({
    name,
    level: config.LOG_LEVEL,
    ...(config.LOG_PRETTY && { transport: { target: 'pino-pretty', options: { ignore: 'pid,hostname' } } }),
  })
}

export const silentLogger: Logger = pino({ level: 'silent' })
