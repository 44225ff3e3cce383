import type { Logger } from '../../platform/logger.ts'
import { messageOf } from '../../schema/app-error.ts'
import type { Feed } from './feed.ts'

/** A feed of something that has no topic to follow: read again and again while somebody watches, shown when it changed. */
export function polledFeed<T>(
  key: string,
  everyMs: number,
  read: () => T | Promise<T>,
  same: (a: T, b: T) => boolean,
  logger: Logger,
): Feed<T> {
  return {
    key,
    open(emit) {
      let shown: T | undefined
      let timer: NodeJS.Timeout | undefined
      let open = true
      const look = async () => {
        try {
          const value = await read()
          if (!open) return
          if (shown === undefined || !same(shown, value)) {
            shown = value
            emit({ value })
          }
        } catch (error) {
          logger.warn({ feed: key, reason: messageOf(error) }, 'a watched value could not be read')
        }
        if (open) timer = setTimeout(start, everyMs)
      }
      const start = () => {
        look().catch((error) => logger.error({ feed: key, reason: messageOf(error) }, 'a feed has ended'))
      }
      start()
      return {
        close() {
          open = false
          clearTimeout(timer)
        },
      }
    },
  }
}
