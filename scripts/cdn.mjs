// Builds one file for pages without a build: <pickstream-list> and the client. Prints the tag that loads it, with its integrity hash.
import { createHash } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { buildPackages } from './build.mjs'
import { ensureInstalled } from './ensure-installed.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))

ensureInstalled()
if (!buildPackages()) process.exit(1)
const { version } = JSON.parse(readFileSync(`${root}packages/element/package.json`, 'utf8'))
const name = `pickstream-${version}.js`
const path = `${root}dist/cdn/${name}`
await build({
  stdin: {
    contents: `import '@pickstream/element/define'\nexport * from '@pickstream/client'\nexport * from '@pickstream/element'\n`,
    resolveDir: root,
    sourcefile: 'pickstream.js',
  },
  outfile: path,
  // Without splitting esbuild would keep the server of graphql-sse, and graphql with it.
  alias: { 'graphql-sse': `${root}node_modules/graphql-sse/lib/client.mjs` },
  bundle: true,
  tsconfigRaw: {}, // the paths of the checkout's own tsconfig.json lead to the sources
  minify: true,
  format: 'esm',
  target: 'es2022',
  sourcemap: true,
  legalComments: 'none',
  banner: { js: `/* Pickstream ${version}, Apache-2.0; with graphql-ws and graphql-sse, MIT */` },
})
const integrity = `sha384-${createHash('sha384').update(readFileSync(path)).digest('base64')}`
writeFileSync(`${path}.integrity`, `${integrity}\n`)
console.log(`dist/cdn/${name}

<script type="module" src="https://YOUR.CDN/${name}" integrity="${integrity}" crossorigin="anonymous"></script>`)
