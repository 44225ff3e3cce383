import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Environment of a bench. */
export interface Surroundings {
  /** Under a minute; fewer rounds, so figures are rough. */
  readonly quick: boolean
  /** Prints progress to stderr. */
  say(text: string): void
  /** A temporary folder, removed at the end. */
  folder(): Promise<string>
  /** Called at the end in reverse order, also after a failure. */
  onEnd(close: () => Promise<unknown> | unknown): void
}

/** Runs a bench and then the registered cleanups. */
export async function inSurroundings<Result>(
  { quick, say }: Pick<Surroundings, 'quick' | 'say'>,
  run: (surroundings: Surroundings) => Promise<Result>,
): Promise<Result> {
  const endings: (() => Promise<unknown> | unknown)[] = []
  const onEnd = (close: () => Promise<unknown> | unknown) => {
    endings.push(close)
  }
  const folder = async () => {
    const dir = await mkdtemp(join(tmpdir(), 'pickstream-bench-'))
    onEnd(() => rm(dir, { recursive: true, force: true }))
    return dir
  }
  try {
    return await run({ quick, say, folder, onEnd })
  } finally {
    for (const close of endings.reverse()) {
      await Promise.resolve(close()).catch((error: unknown) => say(`could not be cleared away: ${error}`))
    }
  }
}
