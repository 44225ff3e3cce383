import type { Config } from '../platform/config.ts'

/** What `npm start` says once it runs: where things are, and three commands that work as printed. */
export function banner(
  address: string,
  { DEMO, DATA_DIR, PLATFORM }: Pick<Config, 'DEMO' | 'DATA_DIR' | 'PLATFORM'>,
  pages: readonly { readonly name: string; readonly path: string }[] = [],
): string {
  const url = `${address}/graphql`
  const lines = [
    '',
    DEMO && pages.length > 0
      ? 'Pickstream is running. Open the shop, click three items of one kind, and see “For you” change by itself.'
      : 'Pickstream is running.',
    '',
    ...[...pages, { name: 'GraphQL', path: '/graphql' }].map(
      ({ name, path }) => `  ${name.padEnd(9)} ${address}${path}`,
    ),
    ...(PLATFORM === 'embedded' ? [`  Data      ${DATA_DIR}`] : []),
    ...(DEMO
      ? ['  Demo      a generated shop with simulated shoppers; PICKSTREAM_DEMO=off starts without']
      : ['  Import    npm run import -- --events FILE.csv --items FILE.csv']),
    '',
    'The same in a terminal, in this folder:',
    '',
    '1. Watch the picks of a visitor, and leave it open:',
    '',
    `   ${watchCommand(url)}`,
    '',
    '2. In another terminal tell what the visitor did; the watcher shows a new list at once:',
    '',
    `   ${mutationCommand(url, DEMO ? 'tent-01' : 'item-1')}`,
    '',
    '3. Ask for the list, with the token of that answer so that it surely knows it:',
    '',
    `   ${queryCommand(url)}`,
    '',
    'Ctrl-C stops it; the next start goes on from here.',
    '',
  ]
  return lines.join('\n')
}

export const watchCommand = (url: string): string => `node client-examples/curl/watch.mjs ${url} you`

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
