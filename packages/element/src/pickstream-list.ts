import {
  changeHeldList,
  type HeldListChange,
  heldListOf,
  type ImpressionObserver,
  observeHold,
  observeImpressions,
  type Pickstream,
  type PickstreamError,
  picksShown,
  picksWaiting,
  type RecommendationList,
} from '@pickstream/client'
import { element, itemView } from './item-view.ts'
import { sharedClientOf } from './shared-client.ts'
import { styles } from './styles.ts'
import { english, isCurrency, type ListWords } from './words.ts'

/** The module can also be imported on a server, where HTMLElement does not exist. */
const BaseElement = (globalThis.HTMLElement ?? class {}) as typeof HTMLElement

const watched = ['url', 'user-id', 'first', 'placement']
const presented = ['label', 'href', 'currency']

/**
 * `<pickstream-list>`: a user's list, updated live. It does not change while the pointer or the keyboard focus is in
 * it. It records impressions and clicks. Attributes: `user-id`, `url` (default `/graphql`), `first` (default 12),
 * `placement`, `label` (the list's accessible name), `href` (`/items/{id}`), `currency` (ISO 4217). Properties:
 * `client`, `words`, `list`. Events: `pickstream-list` with the list as `detail`, whenever the shown list changes;
 * `pickstream-error` with the error of the server.
 */
export class PickstreamList extends BaseElement {
  static readonly observedAttributes: readonly string[] = [...watched, ...presented]
  private ownClient: Pickstream | undefined
  private ownWords: Partial<ListWords> = {}
  private state = heldListOf<RecommendationList>()
  private views = new Map<string, { readonly text: string; readonly view: HTMLLIElement }>()
  private parts: Parts | undefined
  private impressions: ImpressionObserver<RecommendationList> | undefined
  private stops: (() => void)[] = []
  private stopHolding: (() => void) | undefined
  /** Whether the server has rejected the list. */
  private isRefused = false
  private isRestarting = false

  /**
   * The client, for example one with the token of a visitor. Default: one shared by all elements with the same `url`.
   */
  get client(): Pickstream {
    return this.ownClient ?? sharedClientOf(this.getAttribute('url') ?? '/graphql')
  }

  set client(client: Pickstream) {
    this.ownClient = client
    this.restart()
  }

  /** Texts that replace the English ones. Default for each: English. */
  get words(): Partial<ListWords> {
    return this.ownWords
  }

  set words(words: Partial<ListWords>) {
    this.ownWords = words
    this.renderAnew()
  }

  /** The list that is shown; undefined before the first. */
  get list(): RecommendationList | undefined {
    return this.state.shown
  }

  connectedCallback(): void {
    adopt(this, 'client')
    adopt(this, 'words')
    this.parts ??= build(this)
    this.parts.waiting.onclick = () => {
      this.change({ type: 'requested' })
      this.parts?.list.focus() // the button was removed
    }
    this.parts.list.onclick = (event) => this.recordClick(event)
    this.stopHolding ??= observeHold(this.parts.base, (held) => this.change({ type: held ? 'held' : 'released' }))
    this.restart()
  }

  disconnectedCallback(): void {
    this.end()
    this.stopHolding?.()
    this.stopHolding = undefined
  }

  attributeChangedCallback(name: string, _before: string | null, value: string | null): void {
    if (name === 'currency' && value && !isCurrency(value)) {
      console.warn(`<pickstream-list>: currency: expected a code of ISO 4217 such as EUR, got "${value}"`)
    }
    if (watched.includes(name)) this.restart()
    else this.renderAnew()
  }

  /** Restarts once for all attributes that change together. */
  private restart(): void {
    if (this.isRestarting) return
    this.isRestarting = true
    queueMicrotask(() => {
      this.isRestarting = false
      this.end()
      if (this.isConnected) this.start()
    })
  }

  private start(): void {
    const userId = this.getAttribute('user-id')
    const { parts, client } = this
    if (this.state.shown && this.state.shown.userId !== userId) this.change({ type: 'cleared' })
    this.isRefused = false
    this.render()
    if (userId === null || userId === '' || !parts) return
    this.impressions = observeImpressions({
      onSeen: ({ id }, items) => void client.recordImpressions(userId, id, items),
    })
    const stopWatching = client.watch(userId, (list) => this.change({ type: 'arrived', list }), {
      first: Number(this.getAttribute('first') ?? 12) || 0, // 0 is refused, so what is not a number is too
      placement: this.getAttribute('placement'),
      onError: (error) => this.fail(error),
    })
    this.stops = [stopWatching, this.impressions.stop]
    this.render()
  }

  private end(): void {
    for (const stop of this.stops.splice(0)) stop()
  }

  private change(change: HeldListChange<RecommendationList>): void {
    const before = this.state
    this.state = changeHeldList(before, change)
    if (this.state.shown === before.shown && this.state.waiting === before.waiting) return
    this.render()
    if (this.state.shown && this.state.shown !== before.shown) this.tell('pickstream-list', this.state.shown)
  }

  private fail(error: PickstreamError): void {
    this.isRefused = true
    this.render()
    if (this.tell('pickstream-error', error)) console.warn('<pickstream-list>:', error.message)
  }

  /** Dispatches an event. Returns false if a listener prevented the default. */
  private tell(name: string, detail: unknown): boolean {
    return this.dispatchEvent(new CustomEvent(name, { detail, bubbles: true, composed: true, cancelable: true }))
  }

  private renderAnew(): void {
    this.views.clear()
    this.render()
  }

  private render(): void {
    const { parts, state } = this
    if (!parts) return
    const words: ListWords = { ...english, ...this.ownWords }
    const picks = picksShown(state)
    const options = {
      href: this.getAttribute('href'),
      currency: this.getAttribute('currency'),
      language: this.closest<HTMLElement>('[lang]')?.lang,
      words,
    }
    const views = new Map<string, { text: string; view: HTMLLIElement }>()
    for (const pick of picks) {
      const text = JSON.stringify([pick.item, pick.reason])
      const old = this.views.get(pick.item.id)
      views.set(pick.item.id, old?.text === text ? old : { text, view: itemView(pick, options) })
    }
    this.views = views
    const nodes = [...views.values()].map(({ view }) => view)
    if (nodes.some((node, n) => parts.list.children[n] !== node) || nodes.length !== parts.list.children.length) {
      parts.list.replaceChildren(...nodes)
    }
    if (state.shown) this.impressions?.show(state.shown, nodes)
    const waiting = picksWaiting(state)
    parts.base.setAttribute('aria-label', this.getAttribute('label') ?? words.label)
    const isLoading = state.shown === undefined && !this.isRefused
    parts.base.hidden = !this.getAttribute('user-id')
    parts.base.ariaBusy = String(isLoading)
    parts.loading.hidden = !isLoading
    parts.empty.hidden = isLoading || picks.length > 0
    parts.waiting.hidden = waiting === undefined
    parts.waiting.textContent = parts.status.textContent = waiting === undefined ? '' : words.waiting(waiting)
  }

  private recordClick({ target }: Event): void {
    const itemId = (target as Element).closest('a')?.closest<HTMLElement>('[data-item]')?.dataset.item
    const userId = this.getAttribute('user-id')
    if (itemId === undefined || !userId || !this.state.shown) return
    const { id: recommendationId, picks } = this.state.shown
    const position = picks.findIndex(({ item }) => item.id === itemId) + 1
    this.client.record({ userId, itemId, type: 'CLICK', recommendationId, position })
  }
}

/** A property that was set before the element was defined hides the accessor: sets it again, through the accessor. */
function adopt<Name extends 'client' | 'words'>(list: PickstreamList, name: Name): void {
  if (!Object.hasOwn(list, name)) return
  const value = list[name]
  Reflect.deleteProperty(list, name)
  list[name] = value
}

interface Parts {
  readonly base: HTMLElement
  readonly list: HTMLOListElement
  readonly loading: HTMLElement
  readonly empty: HTMLElement
  readonly waiting: HTMLButtonElement
  readonly status: HTMLElement
}

/** Uses a style sheet object, which a strict Content-Security-Policy allows. */
function build(host: HTMLElement): Parts {
  const root = host.attachShadow({ mode: 'open' })
  const sheet = new CSSStyleSheet()
  sheet.replaceSync(styles)
  root.adoptedStyleSheets = [sheet]
  const base = element('section', 'base')
  const list = element('ol', 'list')
  list.tabIndex = -1
  list.setAttribute('role', 'list') // Safari removes this role from lists without markers
  const waiting = element('button', 'waiting')
  waiting.type = 'button'
  const status = element('p', 'status')
  status.setAttribute('role', 'status')
  const [loading, empty] = [slot('loading'), slot('empty')]
  base.append(slot('heading'), waiting, status, loading, empty, list)
  root.append(base)
  return { base, list, loading, empty, waiting, status }
}

function slot(name: string): HTMLSlotElement {
  const made = element('slot', name)
  made.name = name
  return made
}
