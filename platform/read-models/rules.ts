import { unwatchFile, watchFile } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { AppError, messageOf } from '../../schema/app-error.ts'
import type { RulesDocument } from '../../schema/rules.ts'
import { topics } from '../../schema/topics.ts'
import type { EventLog } from '../ports/event-log.ts'

export interface FollowedRules {
  /** The rules in force. `version`: the offset of their first record in topic rules plus one; 0 without rules. */
  current(): { readonly document: RulesDocument; readonly version: number; readonly source: string }
  /** Resolves once the record of this version has been read. */
  readUpTo(version: number): Promise<void>
  readonly caughtUp: Promise<void>
  stop(): Promise<void>
}

const key = 'current'

const noRules: RulesDocument = { shop: {}, placements: {}, experiments: [] }

/** Loaded with the first rules: the parsers take 4 MB in each thread that follows rules. */
const loadParser = () => import('../../schema/rules.ts')

/**
 * Holds the rules in force; a new version applies to the next list that is read. Invalid versions are skipped.
 * @param onChange called after `current` has changed
 */
export async function followRules(log: EventLog, onChange: () => void = () => {}): Promise<FollowedRules> {
  let current: ReturnType<FollowedRules['current']> = { document: noRules, version: 0, source: '' }
  let readUpTo = 0
  const waiting = new Set<() => void>()
  const apply = async (value: Uint8Array, version: number) => {
    const source = Buffer.from(value).toString('utf8')
    // The same rules may be published twice, for example by two processes that watch one file.
    if (source === current.source) return
    const { parseRules } = await loadParser()
    try {
      current = { document: parseRules(source), version, source }
    } catch (error) {
      if (!(error instanceof AppError)) throw error // the rules in force stay
    }
  }
  const following = await log.follow({ topic: topics.rules, from: 'beginning' }, async (records) => {
    const before = current
    for (const record of records) {
      if (record.key === key && record.value !== null) await apply(record.value, record.offset + 1)
      readUpTo = Math.max(readUpTo, record.offset + 1)
    }
    if (current !== before) onChange()
    for (const look of waiting) look()
  })
  await following.caughtUp
  return {
    current: () => current,
    readUpTo: (version) =>
      new Promise((resolve) => {
        const look = () => {
          if (readUpTo < version) return
          waiting.delete(look)
          resolve()
        }
        waiting.add(look)
        look()
      }),
    caughtUp: following.caughtUp,
    stop: () => following.stop(),
  }
}

/** @throws AppError BAD_USER_INPUT if the rules are not valid */
export async function checkRules(source: string): Promise<void> {
  const { parseRules } = await loadParser()
  parseRules(source)
}

/** Publishes rules. @throws AppError BAD_USER_INPUT, with nothing published, if they are not valid */
export async function publishRules(log: EventLog, source: string): Promise<{ version: number }> {
  await checkRules(source)
  const [position] = await log.append(topics.rules, [{ key, value: Buffer.from(source, 'utf8') }])
  return { version: position!.offset + 1 }
}

/**
 * Publishes the file now and whenever it changes. If it is not valid, the rules in force stay and `onError` is called.
 * Several processes may watch one file: it is published once.
 */
export async function watchRulesFile(
  log: EventLog,
  path: string,
  onError: (error: unknown) => void,
  pollMs = 1000,
): Promise<{ stop(): Promise<void> }> {
  const rules = await followRules(log)
  const publish = async () => {
    const source = await readFile(path, 'utf8').catch((cause: unknown) => {
      throw new Error(`PICKSTREAM_RULES_FILE: ${messageOf(cause)}`, { cause })
    })
    if (source !== rules.current().source) await publishRules(log, source)
  }
  await publish()
  const changed = () => void publish().catch(onError)
  watchFile(path, { interval: pollMs }, changed)
  return {
    async stop() {
      unwatchFile(path, changed)
      await rules.stop()
    },
  }
}
