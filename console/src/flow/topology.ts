import { graphlib, layout } from '@dagrejs/dagre'

/** The event flow as workers/topology.ts declares it; the API tells how each stage does, not how they are joined. */
export interface Edge {
  readonly from: string
  readonly to: string
  readonly topic: string
}

export const edges: readonly Edge[] = [
  { from: 'record', to: 'embed', topic: 'interactions' },
  { from: 'embed', to: 'recommend', topic: 'user-vectors' },
  { from: 'recommend', to: 'push', topic: 'picks' },
  { from: 'recommend', to: 'sink', topic: 'picks' },
  { from: 'recommend', to: 'quality', topic: 'picks' },
  { from: 'embed', to: 'learn', topic: 'side-deltas' },
  { from: 'embed', to: 'archive', topic: 'history' },
  { from: 'embed', to: 'experiments', topic: 'history' },
  { from: 'putItems', to: 'catalogue', topic: 'items' },
  { from: 'train', to: 'recommend', topic: 'models' },
]

/** What every station is for, in a line. */
export const purposes: Readonly<Record<string, string>> = {
  record: 'mutations of clients',
  embed: 'history and vector of the user',
  recommend: 'candidates, scores, rules',
  push: 'to the pages that are open',
  sink: 'newest list, for queries',
  quality: 'was the next item in the list?',
  learn: 'neighbors and trends',
  archive: 'every event that counted',
  experiments: 'what became of each variant',
  putItems: 'mutations of the shop',
  catalog: 'items as a table',
  train: 'refits the model',
}

/** Where things enter and leave: no stages, so they report nothing of their own. */
export const ends: ReadonlySet<string> = new Set(['record', 'push', 'putItems'])

export interface Placed {
  readonly name: string
  readonly x: number
  readonly y: number
}

export interface Picture {
  readonly width: number
  readonly height: number
  readonly nodes: readonly Placed[]
  readonly edges: readonly (Edge & { readonly path: string })[]
}

export interface Size {
  readonly node: { readonly width: number; readonly height: number }
  readonly end: { readonly width: number; readonly height: number }
  readonly betweenRanks: number
}

/** Places every station, left to right in the order of the flow; stages this page has never heard of stand alone. */
export function draw(stages: readonly string[], size: Size): Picture {
  const graph = new graphlib.Graph()
  graph.setGraph({ rankdir: 'LR', nodesep: 14, ranksep: size.betweenRanks, ranker: 'network-simplex' })
  graph.setDefaultEdgeLabel(() => ({}))
  for (const name of stationsOf(stages)) graph.setNode(name, boxOf(name, size))
  const drawn = edges.filter(({ from, to }) => graph.hasNode(from) && graph.hasNode(to))
  for (const { from, to } of drawn) graph.setEdge(from, to)
  layout(graph)
  const { width = 0, height = 0 } = graph.graph()
  return {
    width,
    height,
    nodes: graph.nodes().map((name) => ({ name, x: graph.node(name).x, y: graph.node(name).y })),
    edges: drawn.map((edge) => ({ ...edge, path: curve(graph.node(edge.from), graph.node(edge.to)) })),
  }
}

/** The way out is as wide as its neighbors, so that no lane to it crosses one of them. */
export function boxOf(name: string, { node, end }: Size): { width: number; height: number } {
  if (name === 'push') return { width: node.width, height: end.height }
  return ends.has(name) ? { ...end } : { ...node }
}

/** In the order of the flow: the ends and every stage that reports. */
export function stationsOf(stages: readonly string[]): string[] {
  const known = [...new Set(edges.flatMap(({ from, to }) => [from, to]))]
  const shown = known.filter((name) => ends.has(name) || stages.includes(name))
  return [...shown, ...stages.filter((name) => !known.includes(name))]
}

/** How many steps a station is from the way in. */
export function depthOf(name: string): number {
  const before = edges.find(({ to }) => to === name)
  return before && before.from !== 'train' ? depthOf(before.from) + 1 : 0
}

interface Box {
  readonly x: number
  readonly y: number
  readonly width: number
}

/** From the right side of the one to the left side of the other: the flow reads from left to right. */
function curve(from: Box, to: Box): string {
  const [startX, endX] = [from.x + from.width / 2, to.x - to.width / 2]
  const middle = (startX + endX) / 2
  return `M${startX},${from.y} C${middle},${from.y} ${middle},${to.y} ${endX},${to.y}`
}
