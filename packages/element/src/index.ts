export { PickstreamList } from './pickstream-list.ts'
export type { ListWords } from './words.ts'
