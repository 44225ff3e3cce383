import { isNode, parseDocument } from 'yaml'

/**
 * Range of the source that the path of a problem, such as `rules.boosts.0.factor`, refers to; else of the nearest
 * existing part.
 */
export function lineOf(source: string, path: string): [from: number, to: number] {
  const document = parseDocument(source)
  const steps = path.split('.').slice(1)
  for (let length = steps.length; length > 0; length--) {
    const node = document.getIn(steps.slice(0, length).map(asKey), true)
    if (isNode(node) && node.range) return [node.range[0], node.range[1]]
  }
  return [0, source.length]
}

const asKey = (step: string): string | number => (/^\d+$/.test(step) ? Number(step) : step)
