import type cassandra from 'cassandra-driver'
import type { Session } from './session.ts'

const tokenMin = -(2n ** 63n)
const tokenMax = 2n ** 63n - 1n
const sliceCount = 32n
const slicesAtOnce = 4

/**
 * All rows of a table, page by page, in no stated order: the ring of tokens cut into slices, a few read at once. Pages
 * are fetched no faster than they are taken, at most one ahead for every slice in progress.
 */
export async function* scanPages<Row>(
  session: Session,
  query: string,
  pageRows: number,
  toRow: (row: cassandra.types.Row) => Row,
): AsyncGenerator<Row[]> {
  const slices = tokenSlices()
  const readers = Array.from({ length: slicesAtOnce }, () => readSlices(session, query, pageRows, slices))
  const pending = new Map(readers.map((reader) => [reader, nextOf(reader)]))
  try {
    while (pending.size > 0) {
      const { reader, result } = await Promise.race(pending.values())
      if (result.done) {
        pending.delete(reader)
        continue
      }
      pending.set(reader, nextOf(reader))
      if (result.value.length > 0) yield result.value.map(toRow)
    }
  } finally {
    // Left early: the results of requests in flight are dropped.
    for (const rest of pending.values()) rest.catch(() => {})
  }
}

async function nextOf<Page>(reader: AsyncGenerator<Page>) {
  return { reader, result: await reader.next() }
}

/** Reads slice after slice; several readers share the list. */
async function* readSlices(
  session: Session,
  query: string,
  pageRows: number,
  slices: Generator<readonly [bigint, bigint]>,
): AsyncGenerator<cassandra.types.Row[]> {
  for (let slice = slices.next(); !slice.done; slice = slices.next()) {
    let pageState: string | undefined
    do {
      const page = await session.execute(query, [...slice.value], {
        fetchSize: pageRows,
        ...(pageState !== undefined && { pageState }),
      })
      yield page.rows
      pageState = page.pageState ?? undefined
    } while (pageState !== undefined)
  }
}

/** (from, to] over the whole ring of Murmur3 tokens; the smallest token itself is never given to a row. */
function* tokenSlices(): Generator<readonly [bigint, bigint]> {
  const width = (tokenMax - tokenMin) / sliceCount
  for (let index = 0n; index < sliceCount; index += 1n) {
    const from = tokenMin + index * width
    yield [from, index === sliceCount - 1n ? tokenMax : from + width]
  }
}
