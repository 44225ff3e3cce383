import { existsSync, readFileSync } from 'node:fs'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { addStaticFiles, folderOf, policy, policyText } from '../pages.ts'

const folder = 'explorer'

/**
 * Content security policy of the other pages, extended because the editor inserts style elements and has its icon font
 * in the style sheet.
 */
const contentSecurityPolicy = policyText({
  ...policy,
  'style-src': "'self' 'unsafe-inline'",
  'font-src': "'self' data:",
  'worker-src': "'self'",
})

const notBuilt = '<!doctype html><title>Pickstream</title><p>The explorer is not built. Run <code>npm run build</code>.'

/** GraphiQL from the server's own files (source in explorer/), shown to browsers that open /graphql. */
export class Explorer {
  /** Serves the files of the page; the page itself is sent by `send`. */
  static async add(http: FastifyInstance): Promise<Explorer> {
    const index = `${folderOf(folder)}index.html`
    if (!existsSync(index)) return new Explorer(notBuilt)
    await addStaticFiles(http, { path: '/explorer', folder, contentSecurityPolicy })
    return new Explorer(readFileSync(index, 'utf8'))
  }

  private constructor(private readonly html: string) {}

  /** Whether a browser requests the page, not data. */
  isWanted({ method, url, headers }: FastifyRequest): boolean {
    return method === 'GET' && !url.includes('?') && (headers.accept?.includes('text/html') ?? false)
  }

  send(reply: FastifyReply): FastifyReply {
    return reply
      .header('content-security-policy', contentSecurityPolicy)
      .header('cache-control', 'no-cache')
      .type('text/html; charset=utf-8')
      .send(this.html)
  }
}
