import { promisesHold } from './promises.contract.ts'

promisesHold('the embedded platform')
