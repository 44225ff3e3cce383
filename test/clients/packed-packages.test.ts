import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { root } from '../support/start-process.ts'

/** What `npm pack` makes of packages/, installed where nothing else of this repository is. */
const packages = ['client', 'react', 'element']
let folder: string

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'pickstream-packed-'))
  for (const name of packages) {
    const args = ['pack', `./packages/${name}`, '--json', '--offline', '--ignore-scripts', '--pack-destination', folder]
    const [{ filename }] = JSON.parse(execFileSync('npm', args, { cwd: root, encoding: 'utf8' }))
    const installed = join(folder, 'node_modules/@pickstream', name)
    mkdirSync(installed, { recursive: true })
    execFileSync('tar', ['-xzf', join(folder, filename), '-C', installed, '--strip-components=1'])
    const { dependencies = {}, peerDependencies = {} } = manifestOf(name)
    for (const other of Object.keys({ ...dependencies, ...peerDependencies })) {
      if (!other.startsWith('@pickstream/')) link(other)
    }
  }
  for (const name of ['@types/react', '@types/react-dom', '@vitejs/plugin-react', 'react-dom', 'vite']) link(name)
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

interface Manifest {
  readonly version: string
  readonly license: string
  readonly sideEffects: unknown
  readonly dependencies?: Readonly<Record<string, string>>
  readonly peerDependencies?: Readonly<Record<string, string>>
}
const manifestOf = (name: string): Manifest =>
  JSON.parse(readFileSync(join(folder, 'node_modules/@pickstream', name, 'package.json'), 'utf8'))

/** As `npm install` of the package would bring it. */
function link(name: string): void {
  const path = join(folder, 'node_modules', name)
  if (existsSync(path)) return
  mkdirSync(dirname(path), { recursive: true })
  symlinkSync(join(root, 'node_modules', name), path)
}

const write = (path: string, content: string | object): void => {
  mkdirSync(dirname(join(folder, path)), { recursive: true })
  writeFileSync(join(folder, path), typeof content === 'string' ? content : JSON.stringify(content))
}
const run = (name: string, ...args: string[]): string =>
  execFileSync(process.execPath, [join(root, 'node_modules', name), ...args], { cwd: folder, encoding: 'utf8' })

/** The page of docs/react.md. */
const app = /```tsx\n([\s\S]*?)```/.exec(readFileSync(join(root, 'docs/react.md'), 'utf8'))![1]!

/** What docs/client.md shows, typed. */
const page = `import '@pickstream/element/define'
import { Pickstream, PickstreamError, observeImpressions, type RecommendationList } from '@pickstream/client'

const pickstream = new Pickstream({ url: '/graphql' })
const show = ({ picks }: RecommendationList): void => {
  document.body.replaceChildren(...picks.map(({ item }) => item.title))
}
document.createElement('pickstream-list').client = pickstream
pickstream.record({ userId: 'ann', itemId: 'tent-01', type: 'VIEW' })
pickstream.watch('ann', show, { first: 10, onError: ({ code }: PickstreamError) => console.error(code) })
observeImpressions<RecommendationList>({ onSeen: ({ id }, items) => pickstream.recordImpressions('ann', id, items) })
`

test.each(packages)(
  '%s brings its license, types, source maps with their sources, and nothing of the tests',
  (name) => {
    const installed = join(folder, 'node_modules/@pickstream', name)
    const manifest = manifestOf(name)
    expect(manifest).toMatchObject({
      license: 'Apache-2.0',
      sideEffects: name === 'element' ? ['./dist/define.js'] : false,
    })
    for (const file of ['LICENSE', 'README.md', 'dist/index.js', 'dist/index.d.ts']) {
      expect([file, existsSync(join(installed, file))]).toEqual([file, true])
    }
    const map = JSON.parse(readFileSync(join(installed, 'dist/index.js.map'), 'utf8')) as { sourcesContent: string[] }
    expect(map.sourcesContent[0]).toBe(readFileSync(join(root, 'packages', name, 'src/index.ts'), 'utf8'))
    expect(execFileSync('find', [installed, '-name', '*.test.*'], { encoding: 'utf8' })).toBe('')
  },
)

test("compiles under the options of Vite's react-ts template, and builds", () => {
  write('index.html', '<div id="root"></div><script type="module" src="/src/main.tsx"></script>')
  write('src/client.ts', page)
  write('src/App.tsx', app)
  write(
    'src/main.tsx',
    `import { createRoot } from 'react-dom/client'
import './client.ts'
import App from './App.tsx'
createRoot(document.getElementById('root')!).render(<App />)
`,
  )
  write('vite.config.ts', `import react from '@vitejs/plugin-react'\nexport default { plugins: [react()] }\n`)
  write('package.json', { name: 'shop', private: true, type: 'module' })
  write('tsconfig.json', {
    compilerOptions: {
      target: 'ES2023',
      lib: ['ES2023', 'DOM', 'DOM.Iterable'],
      module: 'ESNext',
      types: ['vite/client'],
      skipLibCheck: true,
      moduleResolution: 'bundler',
      allowImportingTsExtensions: true,
      verbatimModuleSyntax: true,
      moduleDetection: 'force',
      noEmit: true,
      jsx: 'react-jsx',
      strict: true,
      noUnusedLocals: true,
      noUnusedParameters: true,
      erasableSyntaxOnly: true,
      noFallthroughCasesInSwitch: true,
      noUncheckedSideEffectImports: true,
    },
    include: ['src'],
  })
  run('typescript/lib/tsc.js', '-p', '.')
  run('vite/bin/vite.js', 'build', '--logLevel', 'error')
  expect(existsSync(join(folder, 'dist/index.html'))).toBe(true)
})

test('the types are complete, also for Node', () => {
  write('types/check.ts', page)
  write('types/tsconfig.json', {
    compilerOptions: {
      lib: ['ES2022', 'DOM', 'DOM.Iterable'],
      module: 'nodenext',
      strict: true,
      noEmit: true,
      types: [],
      skipLibCheck: false,
    },
    include: ['.'],
  })
  run('typescript/lib/tsc.js', '-p', 'types')
})

test('runs in Node as it is', () => {
  write(
    'shop.mjs',
    `import '@pickstream/element/define'
import { Pickstream, newId } from '@pickstream/client'
const pickstream = new Pickstream({ url: 'http://127.0.0.1:9/graphql' })
pickstream.record({ userId: 'ann', itemId: 'tent-01', type: 'VIEW' })
await pickstream.flush({ timeoutMs: 100 }).catch(({ code }) => console.log(code, pickstream.pending, newId().length))
pickstream.close()
`,
  )
  expect(execFileSync(process.execPath, ['shop.mjs'], { cwd: folder, encoding: 'utf8' })).toBe('UNAVAILABLE 1 32\n')
})
