// npx tsx client-examples/node/main.ts [URL] [USER] [ITEM]
// Watches a visitor's picks, records an event, and asks for the list that has seen it. All types are generated from the
// schema and from operations.graphql: npm run codegen.
import { randomUUID } from 'node:crypto'
import type { TypedDocumentNode } from '@graphql-typed-document-node/core'
import { print } from 'graphql'
import { createClient } from 'graphql-ws'
import WebSocket from 'ws'
import {
  type ListFragment,
  PicksDocument,
  RecordDocument,
  WatchDocument,
  type WatchSubscription,
} from './generated/graphql.ts'

const [url = 'http://127.0.0.1:4000/graphql', userId = 'you', itemId = 'tent-01'] = process.argv.slice(2)

/** A GraphQL request is a POST; the answer has the type of its document. */
async function request<Data, Variables>(
  document: TypedDocumentNode<Data, Variables>,
  variables: Variables,
): Promise<Data> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: print(document), variables }),
  })
  const { data, errors } = (await response.json()) as { data?: Data; errors?: { message: string }[] }
  if (errors || !data) throw new Error(errors?.map(({ message }) => message).join('\n') ?? `HTTP ${response.status}`)
  return data
}

const client = createClient({ url: url.replace(/^http/, 'ws'), webSocketImpl: WebSocket })
const lists = client.iterate<WatchSubscription>({ query: print(WatchDocument), variables: { userId } })
const nextList = async () => (await lists.next()).value!.data!.recommendationsUpdated

show('As they stand', await nextList())

const eventId = randomUUID() // ours, so that the same event can be sent again safely
const { recordEvents } = await request(RecordDocument, { events: [{ eventId, userId, itemId, type: 'VIEW' }] })

let pushed = await nextList()
while (pushed.causedByEventId !== eventId) pushed = await nextList()
show('Pushed', pushed)

const { recommendations } = await request(PicksDocument, { userId, after: recordEvents.token })
show('Asked for with the token', recommendations)
await client.dispose()

function show(title: string, { revision, causedByEventId, picks }: ListFragment): void {
  console.log(`${title}: revision ${revision}, caused by ${causedByEventId ?? 'nothing yet'}`)
  for (const { rank, item, reason } of picks) console.log(`  ${rank}. ${item.title} (${reason.__typename})`)
}
