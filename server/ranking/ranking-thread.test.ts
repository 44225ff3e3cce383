import { silentLogger } from '../../platform/logger.ts'
import { startRankingThread } from './ranking-handle.ts'
import { rankingServiceContract } from './ranking-service.contract.ts'

rankingServiceContract('the ranking thread', (config, { connectWriter }) =>
  startRankingThread({ config, logger: silentLogger, connectWriter }),
)
