import type { Logger } from '../../platform/logger.ts'
import { messageOf } from '../../schema/app-error.ts'
import type { Feed } from './feed.ts'

interface Polled<T> {
  readonly key: string
  readonly everyMs: number
  readonly read: () => T | Promise<T>
  readonly same: (a: T, b: T) => boolean
  readonly logger: Logger
  /**
   * Calls `look` when the value may have changed, so that it is read at once. @returns a function that stops this.
   * Default: never
   */
  readonly onChange?: (look: () => void) => () => void
}

/** A feed of a value that no topic announces. It is polled while it has subscribers, and emitted when it changes. */
export function polledFeed<T>({ key, everyMs, read, same, logger, onChange }: Polled<T>): Feed<T> {
  return {
    key,
    open(emit) {
      let shown: T | undefined
      let timer: NodeJS.Timeout | undefined
      let open = true
      let looking = false
      let again = false
      const look = async () => {
        try {
          const value = await read()
          if (!open) return
          if (shown === undefined || !same(shown, value)) {
            shown = value
            emit({ value })
          }
        } catch (error) {
          logger.warn({ feed: key, reason: messageOf(error) }, 'a polled value could not be read; retrying')
        }
      }
      const start = () => {
        if (looking) {
          again = true
          return
        }
        clearTimeout(timer)
        looking = true
        again = false
        look()
          .then(() => {
            looking = false
            if (!open) return
            if (again) start()
            else timer = setTimeout(start, everyMs)
          })
          .catch((error) =>
            logger.error({ feed: key, reason: messageOf(error) }, 'polling ended with an unexpected error'),
          )
      }
      const stopListening = onChange?.(start)
      start()
      return {
        close() {
          open = false
          stopListening?.()
          clearTimeout(timer)
        },
      }
    },
  }
}
