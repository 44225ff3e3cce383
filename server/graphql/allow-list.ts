import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { AppError } from '../../schema/app-error.ts'

/** The operations that a server in allow-list mode runs: SHA-256 (hex) → document. */
export class AllowList {
  private readonly texts = new Map<string, string>()
  private readonly allowed = new Set<string>()

  /** @throws Error when the file is not a JSON list or object of documents */
  static fromFile(path: string): AllowList {
    const content: unknown = JSON.parse(readFileSync(path, 'utf8'))
    const texts = content !== null && typeof content === 'object' ? Object.values(content) : [undefined]
    if (!texts.every((text) => typeof text === 'string')) {
      throw new Error(`${path}: expected a list of GraphQL documents, or an object of them by their SHA-256`)
    }
    return new AllowList(texts as string[])
  }

  constructor(texts: readonly string[]) {
    for (const text of texts) {
      this.texts.set(createHash('sha256').update(text).digest('hex'), text)
      this.allowed.add(text)
    }
  }

  has(text: string): boolean {
    return this.allowed.has(text)
  }

  get(sha256: string): string | undefined {
    return this.texts.get(sha256)
  }
}

export const notListed = (): AppError =>
  new AppError('FORBIDDEN', { message: 'this server runs listed operations only' })
