import { isNode, parseDocument } from 'yaml'

/** From where to where of the source a problem's path points: `rules.boosts.0.factor`; the nearest part that exists. */
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
