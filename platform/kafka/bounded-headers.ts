import { createRequire } from 'node:module'

interface Header {
  readonly key: string
  readonly value: Buffer | null
}

interface Decoder {
  readVarInt(): number
}

interface DecoderPrototype {
  readVarIntArray(this: Decoder, read: (decoder: Decoder) => Header): readonly Header[]
  [patched]?: true
}

const require = createRequire(import.meta.url)
const patched = Symbol.for('pickstream.boundedHeaders')

/** Maximum header names read per record; Pickstream's own records have six. */
export const headerNamesMax = 64

/**
 * Patch of kafkajs 2.2.4: it copies all headers of a record for each of them, so a record of 200 kB with 20,000
 * headers blocks the process for minutes, also after a restart. The first `headerNamesMax` names of a record are
 * kept, each with its last value. The patched function reads only headers. Safe to call more than once.
 */
export function boundHeaders(): void {
  const { prototype } = require('kafkajs/src/protocol/decoder') as { prototype: DecoderPrototype }
  if (prototype[patched]) return
  prototype.readVarIntArray = function (read) {
    const kept = new Map<string, Header>()
    for (let left = this.readVarInt(); left > 0; left--) {
      const header = read(this)
      if (kept.size < headerNamesMax || kept.has(header.key)) kept.set(header.key, header)
    }
    return [...kept.values()]
  }
  prototype[patched] = true
}
