import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { defineConfig, type MarkdownOptions } from 'vitepress'

const docs = fileURLToPath(new URL('..', import.meta.url))
const repository = resolve(docs, '..')

const page = (text: string, name: string) => ({ text, link: `/${name}` })

/** The first heading of a page is its name in the sidebar. */
const headingOf = (path: string) => /^# (.*)$/m.exec(readFileSync(path, 'utf8'))?.[1] ?? path

const decisions = readdirSync(resolve(docs, 'adr'))
  .filter((name) => name.endsWith('.md'))
  .sort()
  .map((name) => page(headingOf(resolve(docs, 'adr', name)), `adr/${name.replace(/\.md$/, '')}`))

type MarkdownIt = Parameters<NonNullable<MarkdownOptions['config']>>[0]

/**
 * Links to files of the repository outside docs/ have no page: they are shown as the file's path. A path that does not
 * exist fails the build, like a dead link between pages.
 */
function showRepositoryFilesAsPaths(md: MarkdownIt): void {
  md.core.ruler.push('repository-files', (state) => {
    const folder = dirname(resolve(docs, (state.env as { relativePath: string }).relativePath))
    for (const { children } of state.tokens) {
      let isOpen = false
      for (const token of children ?? []) {
        const href = token.attrGet('href') ?? ''
        if (token.type === 'link_open' && !/^([a-z]+:|#|\/)/.test(href)) {
          const path = resolve(folder, href.replace(/#.*$/, ''))
          if (!relative(docs, path).startsWith('..')) continue
          if (!existsSync(path)) throw new Error(`${folder}: the link ${href} leads to no file`)
          token.tag = 'span'
          token.attrs = [['title', relative(repository, path)]]
          token.type = 'repository_file_open'
          isOpen = true
        } else if (token.type === 'link_close' && isOpen) {
          token.tag = 'span'
          token.type = 'repository_file_close'
          isOpen = false
        }
      }
    }
  })
}

/** The search runs in the browser, where VitePress takes these two functions by their text: they refer to nothing outside. */
const processTerm = (term: string): string | null => {
  const word = term.toLowerCase()
  return /^(an?|the|is|are|do|does|i|how|what|which|where|who|to|of|in|for)$/.test(word) ? null : word
}

/** Tasks before decisions and figures. */
const boostDocument = (id: string): number => (/\/(adr\/|performance|quality|reliability)/.test(id) ? 0.3 : 1)

export default defineConfig({
  title: 'Pickstream',
  description: 'Real-time recommendations: events in by GraphQL or Kafka, fresh lists precomputed, queried and pushed.',
  outDir: '../dist/docs',
  cacheDir: '../.cache/vitepress',
  ignoreDeadLinks: false,
  markdown: { config: showRepositoryFilesAsPaths },
  themeConfig: {
    search: {
      provider: 'local',
      options: { miniSearch: { options: { processTerm }, searchOptions: { boostDocument } } },
    },
    outline: [2, 3],
    notFound: {
      quote: 'There is no page at this address. Search for it, or start from the overview.',
      linkText: 'Overview',
    },
    sidebar: [
      {
        text: 'Use',
        items: [
          page('Getting started', 'getting-started'),
          page('Concepts', 'concepts'),
          page('Event types', 'event-types'),
          page('Business rules', 'business-rules'),
          page('Placements', 'placements'),
          page('Start pages and ranking', 'home-and-rank'),
          page('Media', 'media'),
          page('Attributes and filters', 'attributes'),
          page('Impressions and attention', 'impressions'),
          page('Goals and revenue', 'goals'),
          page('Client package', 'client'),
          page('React hooks', 'react'),
          page('HTML element', 'element'),
          page('API guide', 'api'),
          page('REST', 'rest'),
          page('Server-sent events', 'sse'),
          page('Persisted documents', 'persisted-documents'),
          page('Apollo Federation', 'federation'),
          page('Import files', 'import'),
          page('Write to Kafka', 'kafka-writers'),
        ],
      },
      {
        text: 'Operate',
        items: [
          page('Operations and settings', 'operations'),
          page('Kubernetes', 'kubernetes'),
          page('One machine with systemd', 'systemd'),
          page('Sizing', 'sizing'),
          page('Scaling', 'scaling'),
          page('Upgrade', 'upgrade'),
          page('Releases', 'release'),
          page('Troubleshooting', 'troubleshooting'),
          page('Alert rules', 'alerts'),
          page('Security', 'security'),
          page('Reliability', 'reliability'),
        ],
      },
      {
        text: 'Understand and extend',
        items: [
          page('The recommender', 'recommender'),
          page('Quality figures', 'quality'),
          page('Performance figures', 'performance'),
          page('Record formats', 'record-formats'),
          page('Development', 'development'),
          page('Extend', 'extending'),
        ],
      },
      { text: 'Decisions', collapsed: true, items: decisions },
    ],
  },
})
