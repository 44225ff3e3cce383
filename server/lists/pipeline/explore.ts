import type { Candidate, ListContext } from './list-context.ts'

/**
 * Adds Gumbel noise, scaled by the rule `exploration`, to every score (Plackett-Luce sampling), so that items without
 * impressions get some. The noise of an item depends on the seed only: a stored list is the same at every read.
 */
export function explore(list: readonly Candidate[], { rules, seed }: ListContext): readonly Candidate[] {
  const scale = rules.exploration ?? 0
  if (scale === 0) return list
  const noisy = list.map((candidate) => ({
    ...candidate,
    score: candidate.score + scale * gumbel(unitHash(`${seed}\0${candidate.item.id}`)),
  }))
  return noisy.sort((a, b) => Number(a.isFill ?? false) - Number(b.isFill ?? false) || b.score - a.score)
}

/** Standard Gumbel by inversion, for `u` in [0, 1). */
const gumbel = (u: number): number => -Math.log(-Math.log(u * (1 - 2e-12) + 1e-12))

/** FNV-1a over UTF-16 code units, mixed as in MurmurHash3: uniform in [0, 1). */
function unitHash(text: string): number {
  let hash = 0x811c9dc5
  for (let k = 0; k < text.length; k++) hash = Math.imul(hash ^ text.charCodeAt(k), 0x01000193)
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32
}
