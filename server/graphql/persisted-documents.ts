import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { type DocumentNode, parse } from 'graphql'
import type { Config } from '../../platform/config.ts'
import { AppError, messageOf } from '../../schema/app-error.ts'
import { canonicalText } from './canonical-document.ts'

type Settings = Pick<Config, 'OPERATIONS' | 'OPERATIONS_FILE'>

/** A document of a manifest, with the id by which its client requests it. */
interface PersistedDocument {
  readonly id?: string
  readonly text: string
}

/**
 * The documents of PICKSTREAM_OPERATIONS_FILE. They can be requested by id. With PICKSTREAM_OPERATIONS=listed, only
 * these are run.
 */
export class PersistedDocuments {
  private readonly byId = new Map<string, string>()
  private readonly texts = new Set<string>()
  private readonly canonical = new Set<string>()
  private readonly decided = new WeakMap<DocumentNode, boolean>()

  /**
   * Returns undefined if no file is configured.
   * @throws Error if a file is required and none is configured, a file is not a known manifest, a document cannot be
   * parsed, or two documents have the same id
   */
  static fromConfig({ OPERATIONS, OPERATIONS_FILE: paths }: Settings): PersistedDocuments | undefined {
    if (paths.length === 0) {
      if (OPERATIONS === 'any') return undefined
      throw new Error('PICKSTREAM_OPERATIONS_FILE: expected a file while PICKSTREAM_OPERATIONS is listed, got none')
    }
    const documents = new PersistedDocuments([])
    for (const path of paths) {
      try {
        for (const document of readManifest(JSON.parse(readFileSync(path, 'utf8')))) documents.add(document)
      } catch (error) {
        throw new Error(`${path}: ${messageOf(error)}`, { cause: error })
      }
    }
    return documents
  }

  constructor(documents: readonly PersistedDocument[]) {
    for (const document of documents) this.add(document)
  }

  /**
   * Returns the text of a document by the id of its manifest, or by SHA-256 in hex, with or without the prefix
   * `sha256:`.
   */
  get(id: string): string | undefined {
    return this.byId.get(id)
  }

  /** Whether a document, parsed from the text, equals a listed document in its canonical text. */
  has(text: string, document: DocumentNode): boolean {
    if (this.texts.has(text)) return true
    let isListed = this.decided.get(document)
    if (isListed === undefined) {
      isListed = this.canonical.has(canonicalText(document))
      this.decided.set(document, isListed)
    }
    return isListed
  }

  private add({ id, text }: PersistedDocument): void {
    const hash = createHash('sha256').update(text).digest('hex')
    this.texts.add(text)
    this.canonical.add(canonicalText(parse(text)))
    for (const key of [hash, ...(id === undefined ? [] : [id.replace(/^sha256:/, ''), id])]) {
      const ids = /^[0-9a-f]{64}$/.test(key) ? [key, `sha256:${key}`] : [key]
      for (const one of ids) {
        const other = this.byId.get(one)
        if (other !== undefined && other !== text) throw new Error(`expected one document for the id ${one}, got two`)
        this.byId.set(one, text)
      }
    }
  }
}

const formats =
  'expected a list of GraphQL documents, an object of them by id (graphql-codegen, Relay), or a manifest of Apollo'

function readManifest(content: unknown): PersistedDocument[] {
  if (typeof content !== 'object' || content === null) throw new Error(formats)
  if ('format' in content && content.format === 'apollo-persisted-query-manifest') {
    const { operations } = content as { operations?: unknown }
    if (!Array.isArray(operations)) throw new Error(formats)
    return operations.map(({ id, body }: { id?: unknown; body?: unknown }) => documentOf(String(id), body))
  }
  if (Array.isArray(content)) return content.map((text) => documentOf(undefined, text))
  return Object.entries(content).map(([id, text]) => documentOf(id, text))
}

function documentOf(id: string | undefined, text: unknown): PersistedDocument {
  if (typeof text !== 'string') throw new Error(formats)
  return { text, ...(id !== undefined && { id }) }
}

export const notListed = (): AppError =>
  new AppError('FORBIDDEN', { message: 'this server runs listed operations only' })
