import { spawnSync } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ConcreteRequest } from 'relay-runtime'

const require = createRequire(import.meta.url)

/** What relay-compiler makes of documents by their operation name. */
export interface Compiled {
  readonly [operationName: string]: ConcreteRequest
}

/** Runs relay-compiler over the schema as it is committed. @throws Error with its output where it reports one */
export function compileRelay(documents: readonly string[]): Compiled {
  return inRelayProject(documents, {}, (folder) => {
    const names = documents.map((text) => /^\s*(?:query|subscription) (\w+)/.exec(text)![1]!)
    return Object.fromEntries(
      names.map((name) => [name, require(join(folder, `src/__generated__/${name}.graphql.js`)) as ConcreteRequest]),
    )
  })
}

/** The manifest of persisted documents that relay-compiler writes, as text. */
export function persistWithRelay(documents: readonly string[], algorithm: 'MD5' | 'SHA256'): string {
  const persistConfig = { file: './persisted.json', algorithm }
  return inRelayProject(documents, { persistConfig }, (folder) => readFileSync(join(folder, 'persisted.json'), 'utf8'))
}

function inRelayProject<T>(documents: readonly string[], settings: object, read: (folder: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), 'pickstream-relay-'))
  try {
    mkdirSync(join(folder, 'src'))
    copyFileSync('schema/schema.graphql', join(folder, 'schema.graphql'))
    const source = documents.map((text) => `graphql\`${text}\``).join('\n')
    // Relay requires operation names to begin with the name of their file.
    writeFileSync(join(folder, 'src/Cache.js'), `import { graphql } from 'relay-runtime'\n${source}\n`)
    writeFileSync(join(folder, 'persisted.json'), '{}')
    const config = {
      src: './src',
      schema: './schema.graphql',
      language: 'javascript',
      eagerEsModules: false,
      ...settings,
    }
    writeFileSync(join(folder, 'relay.config.json'), JSON.stringify(config))
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      [require.resolve('relay-compiler/cli.js'), 'relay.config.json'],
      { cwd: folder, encoding: 'utf8' },
    )
    if (status !== 0) throw new Error(`relay-compiler:\n${stdout}${stderr}`)
    return read(folder)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
