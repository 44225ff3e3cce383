import { AppError } from '../../../schema/app-error.ts'
import { openEmbedded } from '../open-embedded.ts'

/** Locks the folder until it is killed, or prints the error. */
const [dir] = process.argv.slice(2)
try {
  await openEmbedded({ dir: dir! })
  console.log('holding')
  setInterval(() => {}, 1000)
} catch (error) {
  if (!(error instanceof AppError)) throw error
  console.log(`refused ${JSON.stringify({ code: error.code, retriable: error.retriable, message: error.message })}`)
}
