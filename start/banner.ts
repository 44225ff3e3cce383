import type { Config } from '../platform/config.ts'

/**
 * Returns the text that `npm start` prints once it runs: addresses and next steps; with the demo, commands that work
 * as printed.
 */
export function banner(
  address: string,
  { DEMO, DATA_DIR, PLATFORM }: Pick<Config, 'DEMO' | 'DATA_DIR' | 'PLATFORM'>,
  pages: readonly { readonly name: string; readonly path: string }[] = [],
): string {
  const url = `${address}/graphql`
  const lines = [
    '',
    `Pickstream is running.${DEMO && pages.length > 0 ? ` ${demos[DEMO].hint}` : ''}`,
    '',
    ...[...pages.map((page) => pageOf(page, DEMO)), { name: 'GraphQL', path: '/graphql' }].map(
      ({ name, path }) => `  ${name.padEnd(9)} ${address}${path}`,
    ),
    ...(PLATFORM === 'embedded' ? [`  Data      ${DATA_DIR}`] : []),
    ...(DEMO ? [`  Demo      ${demos[DEMO].what}; PICKSTREAM_DEMO=off starts without`] : []),
    '',
    ...(DEMO ? demoSteps(url, demos[DEMO].itemId) : ownSteps(url)),
    '',
    'Ctrl-C stops Pickstream; the next start continues with the same data.',
    '',
  ]
  return lines.join('\n')
}

function demoSteps(url: string, itemId: string): string[] {
  return [
    'The same in a terminal, in this folder:',
    '',
    "1. Watch a visitor's list, and leave it open:",
    '',
    `   ${watchCommand(url)}`,
    '',
    '2. In another terminal, record what the visitor did; the first terminal shows a new list at once:',
    '',
    `   ${mutationCommand(url, itemId)}`,
    '',
    '3. Ask for the list, with the token of that answer so that it includes the event:',
    '',
    `   ${queryCommand(url)}`,
  ]
}

function ownSteps(url: string): string[] {
  return [
    'Your own shop, in another terminal, in this folder (docs/getting-started.md shows the files):',
    '',
    '1. Check your files, then load them without --check:',
    '',
    `   npm run import -- --url ${url} --items ITEMS.csv --events EVENTS.csv --check`,
    '',
    '2. Train a model now; later the server trains by itself:',
    '',
    `   npm run train -- --url ${url}`,
    '',
    "3. Watch a visitor's list:",
    '',
    `   ${watchCommand(url, 'USER')}`,
  ]
}

const demos = {
  shop: {
    hint: 'Open the shop, click three items of one category, and see the list “For you” change.',
    what: 'a generated shop with simulated shoppers',
    itemId: 'tent-01',
  },
  media: {
    hint: 'Open the media page, begin four titles, and see the row “Continue” appear.',
    what: 'generated films and articles with simulated viewers',
    itemId: 'film-drama-01',
  },
} as const

/** The media site is a second page of the shop's build. */
const pageOf = <P extends { readonly name: string; readonly path: string }>(page: P, demo: Config['DEMO']) =>
  demo === 'media' && page.path === '/' ? { name: 'Media', path: '/media/' } : page

export const watchCommand = (url: string, userId = 'you'): string =>
  `node client-examples/curl/watch.mjs ${url} ${userId}`

/** Keeps the token, still quoted, in $TOKEN. */
export function mutationCommand(url: string, itemId: string): string {
  const event = `{ userId: \\"you\\", itemId: \\"${itemId}\\", type: VIEW }`
  const send = post(url, `{"query":"mutation { recordEvents(events: [${event}]) { accepted token } }"}`)
  return `ANSWER=$(${send}); echo "$ANSWER"; TOKEN=$(echo "$ANSWER" | grep -o '"token":"[^"]*"' | cut -d: -f2)`
}

export function queryCommand(url: string): string {
  const query =
    'query($after: String) { recommendations(userId: \\"you\\", first: 5, after: $after) { causedByEventId picks { rank item { title } } } }'
  return post(url, `{"query":"${query}","variables":{"after":'"\${TOKEN:-null}"'}}`)
}

const post = (url: string, body: string): string => `curl -s ${url} -H content-type:application/json -d '${body}'`
