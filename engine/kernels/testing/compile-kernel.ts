/** Compiles a kernel's source to the base64 text of its module. @param require of a module that may load binaryen */
export async function compileKernel(source: string, require: NodeJS.Require): Promise<string> {
  // Through createRequire: its types are not meant for this module resolution.
  const { default: binaryen } = await import(require.resolve('binaryen'))
  const module = binaryen.parseText(source)
  module.setFeatures(binaryen.Features.SIMD128)
  if (!module.validate()) throw new Error('the kernel is not valid')
  // Engines do not inline small functions of their own accord.
  binaryen.setOptimizeLevel(3)
  binaryen.setShrinkLevel(0)
  binaryen.setAlwaysInlineMaxSize(400)
  module.optimize()
  return Buffer.from(module.emitBinary()).toString('base64')
}
