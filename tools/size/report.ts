import { cores, type Load, replicas, reserve, type Size } from './estimate.ts'

/** The size as lines of text. */
export function reportSize(load: Load, size: Size): string {
  const { eventsPerSecond, items, users, sockets, days } = load
  const shop = `${count(eventsPerSecond)} events/s at the peak, ${count(items)} items, ${count(users)} users, ${count(sockets)} open pages, ${count(days)} days kept`
  const rows: [string, string][] = size.isOneProcess
    ? [
        ['run', `npm start, ${cores.process} cores`],
        ['memory', inUnits(size.memoryBytes)],
        ['disk', inUnits(size.storeBytes)],
      ]
    : [
        ['workers', `${size.workers} processes of ${cores.process} cores`],
        ['memory of a worker', inUnits(size.memoryBytes)],
        ['partitions', `PICKSTREAM_PARTITIONS=${size.partitions}`],
        ['servers', `${size.servers} processes of ${cores.process} cores`],
        ['brokers', `${size.brokers} of ${cores.broker} cores`],
        ['disk of the brokers', `${inUnits(size.kafkaBytes)} together, ${replicas} replicas`],
        ['nodes', `${size.nodes} of ${cores.broker} cores`],
        ['disk of the nodes', `${inUnits(size.storeBytes)} together, ${replicas} replicas`],
      ]
  const width = Math.max(...rows.map(([name]) => name.length)) + 2
  const note = `Processor time with a reserve of ${reserve}. An estimate; measure with your own data: npm run bench -- load`
  return [shop, ...rows.map(([name, value]) => `  ${name.padEnd(width)}${value}`), note].join('\n')
}

const count = (number: number): string => number.toLocaleString('en')

function inUnits(bytes: number): string {
  const units: readonly [number, string][] = [
    [1e12, 'TB'],
    [1e9, 'GB'],
    [1e6, 'MB'],
  ]
  const [unit, name] = units.find(([size]) => bytes >= size) ?? [1e6, 'MB']
  const value = bytes / unit
  return `${value >= 100 ? Math.round(value) : value.toPrecision(2)} ${name}`
}
