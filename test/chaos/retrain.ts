import type { Struck } from './fault.ts'
import type { ChaosClient } from './load/client.ts'

const answerMsMax = 180_000

/** Orders a training and does not wait; undone when it has been answered, whether or not the model was good enough. */
export async function retrain(client: ChaosClient): Promise<Struck> {
  const answer = client.ask('mutation { retrain { published reason } }', {}, answerMsMax)
  return { undo: async () => void (await answer) }
}
