import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Outcome, type ReadOptions, readEvents, readItems, refuseEarly } from './reader.ts'
import type { EventInput, ItemInput } from './to-input.ts'

/** Files of one test, in a folder of their own. */
export class TestFiles {
  readonly folder = mkdtempSync(join(tmpdir(), 'pickstream-import-'))

  write(name: string, content: string | Uint8Array): string {
    const file = join(this.folder, name)
    writeFileSync(file, content)
    return file
  }

  async events(name: string, content: string | Uint8Array, options: ReadOptions = {}): Promise<Outcome<EventInput>[]> {
    const file = this.write(name, content)
    return collect(refuseEarly(file, readEvents(file, options).outcomes))
  }

  async items(name: string, content: string | Uint8Array, options: ReadOptions = {}): Promise<Outcome<ItemInput>[]> {
    const file = this.write(name, content)
    return collect(refuseEarly(file, readItems(file, options).outcomes))
  }

  remove(): void {
    rmSync(this.folder, { recursive: true })
  }
}

/** What was read, without the event ids, which are made from the rows. */
export const inputsOf = (outcomes: readonly Outcome<EventInput>[]): object[] =>
  outcomes.flatMap((outcome) => {
    if (!('input' in outcome)) return []
    const { eventId: _, ...input } = outcome.input
    return [input]
  })

export async function collect<T>(values: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = []
  for await (const value of values) all.push(value)
  return all
}
