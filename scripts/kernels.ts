// npm run kernels: compiles engine/kernels/*.wat to the modules beside them. kernels.test.ts compares their bytes.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { compileKernel } from '../engine/kernels/testing/compile-kernel.ts'

const folder = new URL('../engine/kernels/', import.meta.url)
for (const file of readdirSync(folder).filter((name) => name.endsWith('.wat'))) {
  const name = file.slice(0, -'.wat'.length)
  const bytes = await compileKernel(readFileSync(new URL(file, folder), 'utf8'), createRequire(import.meta.url))
  const comment = `/** ${file} as bytes, base64. Compiled by \`npm run kernels\`; kernels.test.ts compares. */`
  writeFileSync(new URL(`${name}-wasm.ts`, folder), `${comment}\nexport const ${name}Wasm =\n  '${bytes}'\n`)
  console.log(`${name}-wasm.ts`)
}
