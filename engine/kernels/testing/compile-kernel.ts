/**
 * Compiles the source of a kernel (WebAssembly text) to the base64 text of its module.
 *
 * @param require of a module that may load binaryen
 * @throws Error when the source is not valid
 */
export async function compileKernel(source: string, require: NodeJS.Require): Promise<string> {
  // Through createRequire: its types are not meant for this module resolution.
  const { default: binaryen } = await import(require.resolve('binaryen'))
  const module = binaryen.parseText(source)
  module.setFeatures(binaryen.Features.SIMD128)
  if (!module.validate()) throw new Error('the source of the kernel is not valid WebAssembly')
  // JavaScript engines do not inline small WebAssembly functions.
  binaryen.setOptimizeLevel(3)
  binaryen.setShrinkLevel(0)
  binaryen.setAlwaysInlineMaxSize(400)
  module.optimize()
  return Buffer.from(module.emitBinary()).toString('base64')
}
