/**
 * Measured values on which the estimates of `npm run size` and docs/sizing.md are based. Sources: docs/performance.md
 * (processor time) and docs/scaling.md (bytes). Processor time was taken on a virtual machine with two AMD EPYC cores.
 */
export const measured = {
  /** Processor time of the stages for one event and its share of a list, on the cluster. */
  stageMsPerEvent: 1.5,
  /** Of brokers and nodes together, for the same. */
  brokerAndNodeMsPerEvent: 9,
  /** Of the server for one event sent by itself. */
  serverMsPerEvent: 0.7,
  /** Every server reads every list. */
  serverMsPerList: 0.02,
  /** A user's idle page. */
  socketsPerServer: 10_000,
  bytes: {
    eventInTopic: 250,
    eventInArchive: 150,
    /** Between 1,000 and 20,000. */
    userState: 10_000,
    list: 2_700,
    /** Of an item with 60 pairs: pairs, factors of 64 dimensions, 80 trained neighbors. In each process that ranks. */
    itemInRanker: 6_000,
    /**
     * Of an item in the catalog of a server. With a full-text index, which the first search builds, about 1,000 more.
     */
    itemInCatalog: 700,
    /** The rows that the learn stage holds, encoded, with 60 pairs, shared out over the workers. */
    itemInLearn: 2_300,
    /**
     * Code, heaps and buffers of a process without data: the one process, just started. A worker or a server alone
     * takes less.
     */
    process: 175_000_000,
    /** One event of the training, of the newest five million. */
    eventInTraining: 32,
  },
  trainingEventsMax: 5_000_000,
} as const
