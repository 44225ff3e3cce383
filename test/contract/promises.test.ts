import { placesHold } from './places.contract.ts'
import { promisesHold } from './promises.contract.ts'

promisesHold('the embedded platform')
placesHold('the embedded platform')
