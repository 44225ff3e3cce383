/**
 * Documents of the tabs at the first visit: one named operation each, whose name is the title of the tab. Variables
 * have defaults, so that each runs unchanged.
 */
export const examples: readonly string[] = [
  `# A user's list, with the reason for every pick.
# An unknown user gets trending items.
query Recommendations($userId: ID! = "ada") {
  recommendations(userId: $userId, first: 5) {
    id
    revision
    personalized
    picks {
      rank
      score
      item { id title categories price }
      reason {
        __typename
        ... on BecauseOfItem { eventType item { title } }
        ... on MatchesTaste { categories }
      }
    }
  }
}
`,
  `# The current list, then every newer one.
# Record an event in another tab and look here.
subscription Watch($userId: ID! = "ada") {
  recommendationsUpdated(userId: $userId, first: 5) {
    revision
    causedByEventId
    picks { rank item { id title } }
  }
}
`,
  `# Durable when it answers.
# recommendations(after: token) waits for this event.
mutation Record($userId: ID! = "ada", $itemId: ID! = "lamp") {
  recordEvents(events: [{ userId: $userId, itemId: $itemId, type: VIEW }]) { accepted token }
}
`,
  `query Catalog {
  catalog(first: 10) {
    totalCount
    edges { node { id title categories price available } }
    pageInfo { hasNextPage endCursor }
  }
  trending(window: DAY, first: 5) { rank item { id title } }
}
`,
]
