// npx tsx client-examples/node/main.ts [URL] [USER] [ITEM]; from Node 22.18 on also without tsx: node
// client-examples/node/main.ts
// Watches a visitor's list, records an event, and requests the list that includes it.
import { Pickstream, type RecommendationList } from '@pickstream/client'

const [url = 'http://127.0.0.1:4000/graphql', userId = 'you', itemId = 'tent-01'] = process.argv.slice(2)

const pickstream = new Pickstream({ url })
let eventId: string | undefined
let pushed: (list: RecommendationList) => void = () => {}
const listWithEvent = new Promise<RecommendationList>((resolve) => {
  pushed = resolve
})

pickstream.watch(
  userId,
  (list) => {
    if (eventId === undefined) {
      show('As they stand', list)
      eventId = pickstream.record({ userId, itemId, type: 'VIEW' })
    } else if (list.causedByEventId === eventId) pushed(list)
  },
  { first: 5 },
)

show('Pushed', await listWithEvent)
show('Asked for right after', await pickstream.recommendations(userId, { first: 5 }))
pickstream.close()

function show(title: string, { revision, causedByEventId, picks }: RecommendationList): void {
  console.log(`${title}: revision ${revision}, caused by ${causedByEventId ?? 'nothing yet'}`)
  for (const { rank, item, reason } of picks) console.log(`  ${rank}. ${item.title} (${reason.__typename})`)
}
