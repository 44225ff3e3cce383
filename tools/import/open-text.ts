import { isUtf8 } from 'node:buffer'
import { createReadStream, statSync } from 'node:fs'
import { Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { messageOf } from '../../schema/app-error.ts'
import { FileError } from './file-error.ts'

export interface TextFile {
  readonly chunks: AsyncIterable<string>
  /** Size on disk, compressed or not. */
  readonly bytes: number
  /** Bytes read of the file on disk. */
  bytesRead(): number
  close(): void
}

/** Small, so that bytesRead is close to the rows that were processed. */
const readBytes = 16 * 1024

const magicBytes = 4

/** Binary formats by their first bytes. */
const otherKinds: readonly { readonly magic: string; readonly what: string }[] = [
  { magic: '504b0304', what: 'a zip archive or a spreadsheet (xlsx): unpack it, or export the sheet as CSV' },
  { magic: 'd0cf11e0', what: 'a spreadsheet (xls): export the sheet as CSV' },
  { magic: '28b52ffd', what: 'compressed by zstd: unpack it with zstd -d' },
  { magic: '425a68', what: 'compressed by bzip2: unpack it with bunzip2' },
  { magic: 'fd377a58', what: 'compressed by xz: unpack it with unxz' },
  { magic: '50415231', what: 'a Parquet file: convert it to CSV or JSON lines' },
  { magic: '4f626a01', what: 'an Avro file: convert it to JSON lines' },
]

/**
 * Opens a text file, gzipped or not (detected by its first bytes). The encoding is that of the byte order mark, else
 * `encoding`, else UTF-8.
 * @param encoding a label of the WHATWG Encoding Standard, for example windows-1252
 * @throws FileError where the file is a folder or the label is unknown; `chunks` throws it where the file is not text
 *   in the encoding
 */
export function openText(file: string, encoding?: string): TextFile {
  const info = statSync(file)
  if (info.isDirectory()) throw new FileError(`${file}: is a folder; name a file`)
  if (encoding !== undefined) decoderOf(encoding)
  const raw = createReadStream(file, { highWaterMark: readBytes })
  return {
    chunks: decode(unpacked(raw, file), file, encoding),
    bytes: info.size,
    bytesRead: () => raw.bytesRead,
    close: () => raw.destroy(),
  }
}

/**
 * The content, decompressed if the first bytes are those of gzip. They are read only once, since a pipe cannot be
 * read again.
 */
async function* unpacked(raw: AsyncIterable<Buffer>, file: string): AsyncGenerator<Buffer> {
  const source = raw[Symbol.asyncIterator]()
  let first: Buffer = Buffer.alloc(0)
  for (let next = await source.next(); !next.done; next = await source.next()) {
    first = Buffer.concat([first, next.value])
    if (first.length >= magicBytes) break
  }
  const other = otherKinds.find(({ magic }) => first.toString('hex').startsWith(magic))
  if (other) throw new FileError(`${file}: is ${other.what}`)
  const whole = (async function* () {
    if (first.length > 0) yield first
    yield* { [Symbol.asyncIterator]: () => source }
  })()
  if (first[0] === 0x1f && first[1] === 0x8b) yield* unzip(whole, file)
  else yield* whole
}

async function* unzip(zipped: AsyncIterable<Buffer>, file: string): AsyncGenerator<Buffer> {
  const raw = Readable.from(zipped)
  const unzipped = raw.pipe(createGunzip())
  raw.on('error', (error) => unzipped.destroy(error))
  try {
    yield* unzipped
  } catch (error) {
    throw new FileError(`${file}: is damaged (${messageOf(error)}); copy or export it again`)
  }
}

type Decoder = InstanceType<typeof TextDecoder>

function decoderOf(encoding: string): Decoder {
  try {
    return new TextDecoder(encoding, { fatal: true })
  } catch {
    throw new FileError(
      `--encoding: unknown encoding "${encoding}"; there are utf-8, utf-16le, utf-16be, windows-1252 (also Latin-1), iso-8859-2, shift_jis and the others of the WHATWG Encoding Standard`,
    )
  }
}

async function* decode(bytes: AsyncIterable<Buffer>, file: string, encoding?: string): AsyncGenerator<string> {
  let decoder: Decoder | undefined
  let name = encoding ?? 'utf-8'
  let lines = 1
  const text = (chunk?: Buffer): string => {
    if (name === 'utf-8' && chunk?.includes(0)) {
      throw new FileError(`${file}: has zero bytes near line ${lines}; if it is UTF-16, set --encoding utf-16le`)
    }
    let decoded: string
    try {
      decoded = chunk === undefined ? (decoder?.decode() ?? '') : decoder!.decode(chunk, { stream: true })
    } catch {
      const line = chunk && name === 'utf-8' ? lines + badLine(chunk) : lines
      throw new FileError(
        `${file}: is not ${name} (near line ${line}); set its encoding, for example --encoding windows-1252`,
      )
    }
    for (let at = decoded.indexOf('\n'); at !== -1; at = decoded.indexOf('\n', at + 1)) lines++
    return decoded
  }
  for await (const chunk of bytes) {
    if (decoder === undefined) {
      name = byteOrderMark(chunk) ?? name
      decoder = decoderOf(name)
    }
    yield text(chunk)
  }
  yield text()
}

function byteOrderMark(chunk: Buffer): string | undefined {
  if (chunk[0] === 0xff && chunk[1] === 0xfe) return 'utf-16le'
  if (chunk[0] === 0xfe && chunk[1] === 0xff) return 'utf-16be'
  return chunk[0] === 0xef && chunk[1] === 0xbb && chunk[2] === 0xbf ? 'utf-8' : undefined
}

/** Index of the first line of the chunk that is not UTF-8. The chunk may begin or end inside a character. */
function badLine(chunk: Buffer): number {
  let line = 0
  for (let from = 0; from < chunk.length; line++) {
    const end = chunk.indexOf(0x0a, from)
    if (!isUtf8(chunk.subarray(from, end === -1 ? chunk.length : end)) && from > 0) return line
    if (end === -1) break
    from = end + 1
  }
  return 0
}
