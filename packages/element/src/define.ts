import { PickstreamList } from './pickstream-list.ts'

if (globalThis.customElements && !customElements.get('pickstream-list')) {
  customElements.define('pickstream-list', PickstreamList)
}

declare global {
  interface HTMLElementTagNameMap {
    'pickstream-list': PickstreamList
  }
}
