import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Pickstream } from '@pickstream/client'
import { build } from 'esbuild'
import type { Browser } from 'playwright-core'
import { createElement } from 'react'
import { renderToString } from 'react-dom/server'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { launchChromium, openPage } from '../../../test/browser/open-page.ts'
import { aList, ranked } from '../../../test/support/builders.ts'
import { type Harness, startHarness } from '../../../test/support/server-harness.ts'
import { Page } from './hydrated-page.ts'

let harness: Harness
let site: Server
let browser: Browser
let html = ''
let script = ''
beforeAll(async () => {
  site = createServer((request, response) => {
    const isScript = request.url === '/page.js'
    response.setHeader('content-type', isScript ? 'text/javascript' : 'text/html; charset=utf-8')
    response.end(isScript ? script : html)
  })
  await new Promise<void>((resolve) => site.listen(0, '127.0.0.1', resolve))
  const origin = `http://127.0.0.1:${(site.address() as AddressInfo).port}`
  harness = await startHarness({ env: { PICKSTREAM_CORS_ORIGINS: origin } })
  await harness.putItems({ id: 'a', title: 'Tent' }, { id: 'b', title: 'Mat' }, { id: 'c', title: 'Stove' })
  browser = await launchChromium()
})
afterAll(async () => {
  await browser?.close()
  await harness?.close()
  site.close()
})

const publish = (offset: number, ...items: string[]) =>
  harness.publishList('ann', aList({ offset, unseen: ranked(...items) }))

test('the browser takes over the list of the server as it is, though a newer one is there, and follows it', async () => {
  await publish(1, 'a', 'b')
  const client = new Pickstream({ url: harness.url })
  const initial = await client.recommendations('ann', { first: 2 })
  client.close()
  const props = { url: harness.url, initial }
  html = `<!doctype html><html lang="en"><link rel="icon" href="data:,"><div id="root">${renderToString(createElement(Page, props))}</div>
    <script type="module" src="/page.js"></script></html>`
  const { outputFiles } = await build({
    stdin: {
      contents: `import { hydrateRoot } from 'react-dom/client'
        import { createElement } from 'react'
        import { Page } from './hydrated-page.ts'
        hydrateRoot(document.getElementById('root'), createElement(Page, ${JSON.stringify(props)}), {
          onRecoverableError: (error) => console.error('not hydrated:', error),
        })`,
      resolveDir: import.meta.dirname,
    },
    bundle: true,
    format: 'esm',
    write: false,
    define: { 'process.env.NODE_ENV': '"development"' },
  })
  script = outputFiles[0]!.text
  await publish(2, 'c', 'a')

  expect(html).toContain('<ol><li>Tent</li><li>Mat</li></ol>')
  const { page, complaints } = await openPage(browser)
  await page.goto(`http://127.0.0.1:${(site.address() as AddressInfo).port}/`)
  await page.locator('li:first-child:text-is("Stove")').waitFor()
  expect(await page.locator('li').allTextContents()).toEqual(['Stove', 'Tent'])
  expect(complaints).toEqual([])
})
