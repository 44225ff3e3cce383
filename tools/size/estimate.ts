import { measured } from './measured.ts'

export interface Load {
  /** At the peak. */
  readonly eventsPerSecond: number
  readonly items: number
  readonly users: number
  /** Pages that are open at a time. */
  readonly sockets: number
  /** Days of events that topic `interactions` and the archive keep. */
  readonly days: number
}

export interface Size {
  /** Everything in one process, without Kafka and Cassandra. */
  readonly isOneProcess: boolean
  /** Processes of `coresEach` cores. */
  readonly workers: number
  readonly partitions: number
  readonly servers: number
  readonly brokers: number
  readonly nodes: number
  /** Bytes of memory of the process that needs most: a worker, or the one process. */
  readonly memoryBytes: number
  /** Bytes on all brokers together. */
  readonly kafkaBytes: number
  /** Bytes on all nodes together; of one process: of its folder. */
  readonly storeBytes: number
}

/** Cores of a worker and a server, and of a broker and a node. */
export const cores = { process: 2, broker: 4 } as const
/** Capacity over the measured need, for peaks within a second and for the loss of a process. */
export const reserve = 2
export const replicas = 3
/** Limits of one process; a greater load needs a cluster. */
export const oneProcess = { eventsPerSecond: 100, users: 100_000, items: 20_000 } as const
/** Partitions for each worker process: room to grow, since the number is fixed once the topics exist. */
const partitionsPerWorker = 4
const partitionsMin = 12
/** Minimum instances of a cluster, so that one may fail. */
const instancesMin = { workers: 2, servers: 2, brokers: 3, nodes: 3 } as const
/** Share of the peak that lasts all day, for the disk. */
const dayShare = 0.5
const secondsPerDay = 86_400

/** Estimates the size for a load from measured values (measured.ts). Verify it with your own data. */
export function estimateSize(load: Load): Size {
  const { eventsPerSecond, items, users, sockets } = load
  const { bytes } = measured
  const isOneProcess =
    eventsPerSecond <= oneProcess.eventsPerSecond && users <= oneProcess.users && items <= oneProcess.items
  const copies = isOneProcess ? 1 : replicas
  const workers = instances('workers', eventsPerSecond * measured.stageMsPerEvent, cores.process)
  const partitions = doubledTo(partitionsMin, workers * partitionsPerWorker)
  // At most one list per event; the rest of a server's cores is for mutations.
  const listCores = (eventsPerSecond * measured.serverMsPerList) / 1000
  const ofServer = Math.max(0.1, cores.process / reserve - listCores)
  const forEvents = (eventsPerSecond * measured.serverMsPerEvent) / 1000 / ofServer
  const servers = Math.max(instancesMin.servers, Math.ceil(forEvents), Math.ceil(sockets / measured.socketsPerServer))
  const half = (eventsPerSecond * measured.brokerAndNodeMsPerEvent) / 2 // not measured separately
  const events = eventsPerSecond * dayShare * secondsPerDay * load.days
  const stored = events * bytes.eventInArchive + users * (bytes.userState + bytes.list)
  const topics = events * bytes.eventInTopic + users * bytes.list + items * bytes.itemInLearn
  const inRankers = items * (bytes.itemInRanker + (isOneProcess ? bytes.itemInCatalog : 0))
  const inLearn = (items * bytes.itemInLearn) / (isOneProcess ? 1 : workers)
  const inTraining = Math.min(events, measured.trainingEventsMax) * bytes.eventInTraining
  return {
    isOneProcess,
    workers: isOneProcess ? 1 : workers,
    partitions: isOneProcess ? 1 : partitions,
    servers: isOneProcess ? 1 : servers,
    brokers: isOneProcess ? 0 : instances('brokers', half, cores.broker),
    nodes: isOneProcess ? 0 : instances('nodes', half, cores.broker),
    memoryBytes: bytes.process + inRankers + inLearn + inTraining,
    kafkaBytes: isOneProcess ? 0 : topics * copies,
    storeBytes: (isOneProcess ? stored + topics : stored) * copies,
  }
}

/** @param msPerSecond milliseconds of processor time that a second of the load takes */
function instances(kind: keyof typeof instancesMin, msPerSecond: number, coresEach: number): number {
  return Math.max(instancesMin[kind], Math.ceil(((msPerSecond / 1000) * reserve) / coresEach))
}

function doubledTo(first: number, atLeast: number): number {
  let number = first
  while (number < atLeast) number *= 2
  return number
}
