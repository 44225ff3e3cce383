import { graphlib, layout } from '@dagrejs/dagre'

import type { Pipeline } from '../live.ts'

export type Member = Pipeline['members'][number]

/** Records of `topic` go from one station to another. */
export interface Edge {
  readonly from: string
  readonly to: string
  readonly topic: string
}

/** Start and end of the flow: the server, drawn twice. They have no reports of their own. */
export const wayIn = 'server'
export const wayOut = 'push'
export const ends: ReadonlySet<string> = new Set([wayIn, wayOut])

/** Not part of the flow: its records in topics of the flow (requests for lists) are omitted from the picture. */
const trainer = 'train'

/**
 * The edges of the picture, forward only (members come in the order of the flow; a stage that asks for new lists writes
 * to the start of it): from the writers of a topic to the stage that processes it, from a topic of the flow that the
 * server follows as well to the open pages, and from the trainer to the stage that ranks.
 */
export function edgesOf(members: readonly Member[]): Edge[] {
  const stages = members.filter(({ name }) => name !== wayIn && name !== trainer)
  const server = members.find(({ name }) => name === wayIn)
  const place = new Map(members.map(({ name }, n) => [name, n]))
  const processed = stages.flatMap(({ name: to, from: topic }) =>
    members
      .filter(({ name, emits }) => topic && place.get(name)! < place.get(to)! && emits.includes(topic))
      .map(({ name: from }) => ({ from, to, topic: topic! })),
  )
  const inFlow = new Set(stages.map(({ from }) => from))
  const pushed = stages.flatMap(({ name: from, emits }) =>
    emits
      .filter((topic) => inFlow.has(topic) && server?.follows.includes(topic))
      .map((topic) => ({ from, to: wayOut, topic })),
  )
  const ranking = stages.filter(({ name }) => pushed.some(({ from }) => from === name))
  const models = members
    .filter(({ name }) => name === trainer)
    .flatMap(({ name: from, emits }) =>
      ranking.flatMap(({ name: to, follows }) =>
        emits.filter((topic) => follows.includes(topic)).map((topic) => ({ from, to, topic })),
      ),
    )
  return [...processed, ...pushed, ...models]
}

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

/** Places all stations, left to right in the order of the flow; stages that no member describes have no edges. */
export function draw(stages: readonly string[], edges: readonly Edge[], size: Size): Picture {
  const graph = new graphlib.Graph()
  graph.setGraph({ rankdir: 'LR', nodesep: 14, ranksep: size.betweenRanks, ranker: 'network-simplex' })
  graph.setDefaultEdgeLabel(() => ({}))
  for (const name of stationsOf(stages, edges)) graph.setNode(name, boxOf(name, size))
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

/** The end is as wide as its neighbors, so that no edge to it crosses one of them. */
export function boxOf(name: string, { node, end }: Size): { width: number; height: number } {
  if (name === wayOut) return { width: node.width, height: end.height }
  return ends.has(name) ? { ...end } : { ...node }
}

/** The ends and all stages that report, in the order of the flow. */
export function stationsOf(stages: readonly string[], edges: readonly Edge[]): string[] {
  const known = [...new Set(edges.flatMap(({ from, to }) => [from, to]))]
  const shown = known.filter((name) => ends.has(name) || stages.includes(name))
  return [...shown, ...stages.filter((name) => !known.includes(name))]
}

/** Number of edges from the start of the flow to a station. */
export function depthOf(name: string, edges: readonly Edge[]): number {
  const before = edges.find(({ to, from }) => to === name && from !== trainer)
  return before ? depthOf(before.from, edges) + 1 : 0
}

interface Box {
  readonly x: number
  readonly y: number
  readonly width: number
}

/** A curve from the right side of one box to the left side of the other. */
function curve(from: Box, to: Box): string {
  const [startX, endX] = [from.x + from.width / 2, to.x - to.width / 2]
  const middle = (startX + endX) / 2
  return `M${startX},${from.y} C${middle},${from.y} ${middle},${to.y} ${endX},${to.y}`
}
