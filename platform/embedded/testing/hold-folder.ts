import { AppError } from '../../../schema/app-error.ts'
import { openEmbedded } from '../open-embedded.ts'

/** Takes the folder and keeps it until killed, or says why not. */
const [dir] = process.argv.slice(2)
try {
  await openEmbedded({ dir: dir! })
  console.log('holding')
  setInterval(() => {}, 1000)
} catch (error) {
  if (!(error instanceof AppError)) throw error
  console.log(`refused ${JSON.stringify({ code: error.code, retriable: error.retriable, message: error.message })}`)
}
