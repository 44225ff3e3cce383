import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import ts from 'typescript'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { root } from '../support/start-process.ts'

/** What the samples of a page take for granted. What a sample imports or declares itself is left out of it. */
const given: Readonly<Record<string, readonly string[]>> = {
  client: [
    `import type { Pickstream as Client, RecommendationList as List } from '@pickstream/client'`,
    `import { observeImpressions, Pickstream, type RecommendationList } from '@pickstream/client'`,
    `declare const pickstream: Client`,
    `declare const list: List`,
    `declare const element: HTMLElement`,
    `declare const button: HTMLButtonElement`,
    `declare const render: (...shown: unknown[]) => void`,
    `declare const url: string`,
    `declare const session: { jwt(): string }`,
    `declare const subscriptionExchange: (options: import('@urql/core').SubscriptionExchangeOpts) => unknown`,
  ],
  react: [],
  sse: [`declare const token: string`, `declare const show: (list: unknown) => void`],
}

const folder = mkdtempSync(join(tmpdir(), 'pickstream-samples-'))
beforeAll(() => symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules')))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

test.each(Object.keys(given))('the TypeScript of docs/%s.md compiles in the strictest mode', (page) => {
  const guide = readFileSync(join(root, 'docs', `${page}.md`), 'utf8')
  const files = [...guide.matchAll(/```(tsx?)\n([\s\S]*?)```/g)].map(([, extension, code], n) => {
    const named = /^\/\/ app\/([\w-]+\.tsx)/.exec(code!)
    mkdirSync(join(folder, page), { recursive: true })
    const file = join(folder, page, named?.[1] ?? `sample-${n}.${extension}`)
    const isOwn = (line: string) => line.startsWith('import') && /from '@pickstream\/client'/.test(code!)
    const declared = (line: string) => code!.includes(`const ${/const (\w+)/.exec(line)?.[1]} =`)
    const lines = given[page]!.filter((line, at) => !(at > 0 && isOwn(line)) && !declared(line))
    writeFileSync(file, [...lines, code, 'export {}'].join('\n'))
    return file
  })
  expect(files.length).toBeGreaterThan(0)
  const program = ts.createProgram(files, {
    strict: true,
    exactOptionalPropertyTypes: true,
    noUncheckedIndexedAccess: true,
    skipLibCheck: true,
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    target: ts.ScriptTarget.ES2023,
    lib: ['lib.es2023.d.ts', 'lib.dom.d.ts', 'lib.dom.iterable.d.ts'],
    jsx: ts.JsxEmit.ReactJSX,
    noEmit: true,
    types: ['node'],
    typeRoots: [join(root, 'node_modules/@types')],
  })
  const faults = ts.getPreEmitDiagnostics(program).map(({ file, messageText }) => {
    const message = ts.flattenDiagnosticMessageText(messageText, '\n')
    return `${file?.fileName.slice(folder.length)}: ${message}`
  })
  expect(faults).toEqual([])
})
