import { decodeModel, encodeModel } from '../../engine/train/codec.ts'
import type { TrainedModel } from '../../engine/train/model.ts'
import type { ServingModel } from '../../schema/records/model.ts'
import { tables } from '../../schema/tables.ts'
import type { Store } from '../ports/store.ts'

const chunkBytes = 512 * 1024

const chunkName = (n: number): string => n.toString(16).padStart(6, '0')

/** Stores a model in chunks. Nothing serves it until topic models says so. */
export async function saveModel(store: Store, model: TrainedModel): Promise<{ chunks: number }> {
  const bytes = encodeModel(model)
  const chunks = Math.ceil(bytes.length / chunkBytes)
  for (let n = 0; n < chunks; n++) {
    const value = bytes.subarray(n * chunkBytes, (n + 1) * chunkBytes)
    await store.put(tables.models, [
      {
        partition: String(model.version),
        cluster: chunkName(n),
        value,
        writeTimestamp: BigInt(Math.max(1, model.trainedAt)),
      },
    ])
  }
  return { chunks }
}

/** @throws Error when chunks are missing */
export async function loadModel(
  store: Store,
  { version, chunks }: Pick<ServingModel, 'version' | 'chunks'>,
): Promise<TrainedModel> {
  const keys = Array.from({ length: chunks }, (_, n) => ({ partition: String(version), cluster: chunkName(n) }))
  const parts = await store.get(tables.models, keys)
  const missing = parts.indexOf(undefined)
  if (missing !== -1) throw new Error(`model ${version}: chunk ${missing} of ${chunks} is missing`)
  return decodeModel(Buffer.concat(parts as Uint8Array[]))
}

export async function removeModel(store: Store, version: number, at: bigint): Promise<void> {
  await store.erase(tables.models, String(version), at)
}
