import { decodeModel } from '../../engine/train/codec.ts'
import type { TrainedModel } from '../../engine/train/model.ts'
import type { ServingModel } from '../../schema/records/model.ts'
import { tables } from '../../schema/tables.ts'
import type { Store } from '../ports/store.ts'

const chunkBytes = 512 * 1024

const chunkName = (n: number): string => n.toString(16).padStart(6, '0')

/** Stores an encoded model in chunks. It is served only after a record in topic models names it. */
export async function saveModel(
  store: Store,
  { version, trainedAt }: Pick<TrainedModel, 'version' | 'trainedAt'>,
  bytes: Uint8Array,
): Promise<{ chunks: number }> {
  const chunks = Math.ceil(bytes.length / chunkBytes)
  for (let n = 0; n < chunks; n++) {
    const value = bytes.subarray(n * chunkBytes, (n + 1) * chunkBytes)
    await store.put(tables.models, [
      {
        partition: String(version),
        cluster: chunkName(n),
        value,
        writeTimestamp: BigInt(Math.max(1, trainedAt)),
      },
    ])
  }
  return { chunks }
}

/** @throws Error when chunks are missing */
export async function loadModel(
  store: Store,
  serving: Pick<ServingModel, 'version' | 'chunks'>,
): Promise<TrainedModel> {
  return decodeModel(await loadEncodedModel(store, serving))
}

/** @throws Error when chunks are missing */
export async function loadEncodedModel(
  store: Store,
  { version, chunks }: Pick<ServingModel, 'version' | 'chunks'>,
): Promise<Uint8Array> {
  const keys = Array.from({ length: chunks }, (_, n) => ({ partition: String(version), cluster: chunkName(n) }))
  const parts = await store.get(tables.models, keys)
  const missing = parts.indexOf(undefined)
  if (missing !== -1) throw new Error(`model ${version}: chunk ${missing} of ${chunks} is missing`)
  return Buffer.concat(parts as Uint8Array[])
}

export async function removeModel(store: Store, version: number, at: bigint): Promise<void> {
  await store.erase(tables.models, String(version), at)
}
