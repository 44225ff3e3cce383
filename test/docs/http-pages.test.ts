import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { root } from '../support/start-process.ts'
import { runInShell, transcriptsOf } from '../support/transcript.ts'
import { startWholeSystem } from '../support/whole-system.ts'

/** Pages whose commands are run in order against a server with all stages. */
const pages = ['sse.md', 'rest.md', 'persisted-documents.md']

test.each(pages)('%s: every command answers as the page shows', async (page) => {
  const transcripts = transcriptsOf(readFileSync(join(root, 'docs', page), 'utf8'))
  expect(transcripts.length).toBeGreaterThan(2)
  const harness = await startWholeSystem()
  try {
    for (const { command, answer } of transcripts) {
      const here = command.replaceAll('127.0.0.1:4000', new URL(harness.url).host)
      const { code, output } = await runInShell(here, {})
      expect(code, output).toBe(0)
      for (const line of answer ?? []) expect(output, command).toMatch(line)
    }
  } finally {
    await harness.close()
  }
})
