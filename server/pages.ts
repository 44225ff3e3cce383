import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import fastifyStatic from '@fastify/static'
import type { FastifyInstance } from 'fastify'

interface Page {
  readonly name: string
  readonly path: string
  readonly folder: string
}

const all: readonly Page[] = [
  { name: 'Shop', path: '/', folder: 'storefront' },
  { name: 'Console', path: '/console', folder: 'console' },
]

/** The built pages. A server also runs without them. */
export function builtPages(): readonly Page[] {
  return all.filter(({ folder }) => existsSync(`${folderOf(folder)}index.html`))
}

export interface StaticFiles {
  /** Path under which the files are served. */
  readonly path: string
  /** Folder of the files below dist/pages. */
  readonly folder: string
  readonly contentSecurityPolicy: string
}

/** The pages connect to this server only and load nothing from other sites. Inline scripts are not run. */
export const policy = {
  'default-src': "'self'",
  'script-src': "'self'",
  'style-src': "'self'",
  'img-src': "'self' data:",
  'connect-src': "'self'",
  'object-src': "'none'",
  'base-uri': "'none'",
  'form-action': "'self'",
  'frame-ancestors': "'none'",
} as const

export const policyText = (directives: Readonly<Record<string, string>>): string =>
  Object.entries(directives)
    .map(([name, value]) => `${name} ${value}`)
    .join('; ')

export async function addPages(http: FastifyInstance): Promise<void> {
  const contentSecurityPolicy = policyText(policy)
  for (const { path, folder } of builtPages()) await addStaticFiles(http, { path, folder, contentSecurityPolicy })
}

/**
 * The names of assets contain a hash of their content, so they are cached without limit. index.html names them and is
 * revalidated each time.
 */
export async function addStaticFiles(http: FastifyInstance, files: StaticFiles): Promise<void> {
  await http.register(fastifyStatic, {
    root: folderOf(files.folder),
    prefix: files.path,
    redirect: files.path !== '/',
    decorateReply: false,
    cacheControl: false,
    setHeaders(reply, file) {
      const kept = file.includes('/assets/') || file.includes('\\assets\\')
      reply.header('cache-control', kept ? 'public, max-age=31536000, immutable' : 'no-cache')
      reply.header('content-security-policy', files.contentSecurityPolicy)
    },
  })
}

/** dist/pages, relative to dist/server or, when the code runs from source, to server. */
export function folderOf(name: string): string {
  const fromSource = import.meta.url.endsWith('.ts')
  return fileURLToPath(new URL(`${fromSource ? '../dist' : '..'}/pages/${name}/`, import.meta.url))
}
