import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'
import { root } from './start-process.ts'

/** Sizes of what a page would load, gzip, bytes. */
export interface Bundle {
  readonly entry: number
  /** What is imported later, largest first. */
  readonly chunks: readonly number[]
  /** Paths of the modules in the entry that contribute code. */
  readonly modules: readonly string[]
}

/** Bundles a module as a page's build would; the packages from their dist folders. `external`: left to the page. */
export async function bundle(source: string, external: readonly string[] = []): Promise<Bundle> {
  const { outputFiles, metafile } = await build({
    stdin: { contents: source, resolveDir: root, sourcefile: 'page.js' },
    external: [...external],
    bundle: true,
    tsconfigRaw: {}, // the paths of the checkout's own tsconfig.json lead to the sources
    minify: true,
    splitting: true,
    format: 'esm',
    platform: 'browser',
    outdir: 'out',
    write: false,
    logLevel: 'error',
    metafile: true,
  })
  const entryPath = Object.keys(metafile.outputs).find((path) => metafile.outputs[path]!.entryPoint === 'page.js')!
  const isEntry = ({ path }: { path: string }) => path.endsWith(entryPath)
  const sizes = (files: typeof outputFiles) => files.map(({ contents }) => gzipSync(contents).length)
  return {
    entry: sizes(outputFiles.filter(isEntry))[0]!,
    chunks: sizes(outputFiles.filter((file) => !isEntry(file))).sort((a, b) => b - a),
    modules: Object.entries(metafile.outputs[entryPath]!.inputs).flatMap(([path, { bytesInOutput }]) =>
      bytesInOutput > 0 ? [path] : [],
    ),
  }
}
