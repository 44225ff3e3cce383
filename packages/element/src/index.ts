export { PickstreamList } from './pickstream-list.ts'
