import type cassandra from 'cassandra-driver'
import type { Session } from './session.ts'

const tokenMin = -(2n ** 63n)
const tokenMax = 2n ** 63n - 1n
const sliceCount = 32n
const slicesAtOnce = 4

/**
 * Yields all rows of a table, page by page, in no defined order. The token ring is split into slices, of which
 * `slicesAtOnce` are read concurrently. At most one page per slice in progress is fetched ahead of the consumer.
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

/** Reads slice after slice; several readers share the generator of slices. */
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

/** Ranges (from, to] over the ring of Murmur3 tokens. No row has the smallest token. */
function* tokenSlices(): Generator<readonly [bigint, bigint]> {
  const width = (tokenMax - tokenMin) / sliceCount
  for (let index = 0n; index < sliceCount; index += 1n) {
    const from = tokenMin + index * width
    yield [from, index === sliceCount - 1n ? tokenMax : from + width]
  }
}
