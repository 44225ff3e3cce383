const promises = 'test/contract/promises.contract.ts' // on both platforms
const mutations = 'server/ingest/mutations.test.ts'
const lists = 'server/query/recommendations.test.ts'
const watching = 'server/push/subscriptions.test.ts'
const freshness = 'server/lists/freshness.test.ts'
const details = 'server/ingest/event-details.test.ts'
const impressions = 'server/ingest/impressions.test.ts'
const itemFields = 'server/ingest/item-fields.test.ts'
const filters = 'server/lists/item-filter.test.ts'
const consume = 'engine/user/consume.test.ts'
const windows = 'server/catalog/availability-windows.test.ts'
const rules = 'server/query/rules.test.ts'
const ruleSteps = 'server/lists/pipeline/pipeline.test.ts'
const inForce = 'server/lists/pipeline/rules-in-force.test.ts'
const seenPolicy = 'server/lists/pipeline/seen-policy.test.ts'
const openPages = 'server/push/availability.test.ts'
const access = 'server/guard/access.test.ts'
const stored = 'test/contract/places.contract.ts' // on both platforms
const rank = 'server/query/rank.test.ts'
const home = 'server/query/home.test.ts'
const openHome = 'server/push/home-feeds.test.ts'
const listIds = 'server/query/list-ids.test.ts'

/** What the contract says in words, and by which tests it is held to it: the file, then the beginning of a test's name. */
export const held: readonly [words: string, ...tests: [file: string, name: string][]][] = [
  [
    'ISO 8601, UTC',
    [mutations, 'is in the log when it answers'],
    [lists, 'is served best first, with what makes it known'],
  ],
  [
    'Never empty while the catalog has an eligible item: an unknown user gets trending picks.',
    [promises, 'an unknown user gets picks'],
    [lists, 'gets none that is filtered out, and never an empty list'],
    ['engine/recommender.test.ts', 'give a stranger what trends'],
  ],
  ['1..100', [lists, '%.40s: names path, rule and value']],
  ['item ids this request must not return', [lists, 'leaves out what the request excludes']],
  [
    'false: nothing the user bought, rated or dismissed; views do not count as seen',
    [promises, 'what was bought, rated or dismissed is seen'],
  ],
  ['0 = by score alone, 1 = as varied as possible', [lists, 'with diversity 1 goes round the categories']],
  ['causal token from recordEvents', [promises, 'a token is answered with picks'], [freshness, '`after` waits']],
  ['how long `after` may wait; then the error PICKS_NOT_FRESH', [freshness, 'too late: PICKS_NOT_FRESH']],
  ['Next picks for a click trail or a basket', ['server/query/lists.test.ts', 'sessionRecommendations: next items']],
  ['same order as ids, null where unknown', [promises, 'an upsert replaces an item']],
  ['operators', [access, '$who: $operation']],
  [
    'an accepted event survives any crash',
    ['platform/embedded/crash.test.ts', 'loses nothing that was acknowledged'],
    ['platform/kafka/kafka-faults.cluster.test.ts', 'kill -9 of a broker in the middle of appends'],
    ['test/e2e/start.test.ts', 'is there after a kill -9'],
  ],
  ['Retrying with the same eventId changes nothing.', [promises, 'retrying with the same event id changes nothing']],
  ['1..1000 events', [mutations, 'refuses a batch of %i events'], [mutations, 'takes a batch of 1000']],
  ['1..1000; an upsert', [promises, 'an upsert replaces an item'], [mutations, 'putItems is an upsert']],
  ['What the guest did now belongs to the user; the guest is forgotten.', [promises, 'what the guest did belongs']],
  [
    'Erases state, picks and history.',
    [promises, 'an erasure takes state, picks and history'],
    ['test/erasure/erasure.test.ts', 'after an erasure the user is in no table'],
    ['test/erasure/erasure.cluster.test.ts', 'leaves the user in no table'],
  ],
  [
    'answers when the new version serves everywhere, or says why it was not published',
    ['server/pipeline/pipeline.test.ts', 'retrain answers when the new version serves'],
    ['server/pipeline/pipeline.test.ts', 'retrain says why nothing was published'],
    ['workers/train/trainer.test.ts', 'a training that fails says so'],
  ],
  [
    'First the picks as they stand, then every newer revision, never an older one.',
    [promises, 'a page is sent the picks as they stand'],
    [watching, 'never shows an older one'],
  ],
  ['A slow client gets the newest, not a backlog.', ['server/push/subscriber.test.ts', 'who is slow gets the newest']],
  [
    'operators, once a second',
    [access, '$who: $operation'],
    ['server/pipeline/pipeline.test.ts', 'pipelineUpdated, once'],
  ],
  ["the client's own, unique per user", [mutations, "takes the client's own event id"]],
  ['1..256 bytes', [mutations, 'refuses a bad %s of one event'], [lists, 'a user id over 256 bytes']],
  ['RATING: 0..5 stars', [mutations, 'takes a rating of 0 to 5'], [mutations, 'refuses a bad %s of one event']],
  ["the server's clock where left out; at most 5 minutes in the future", [mutations, 'takes a rating of 0 to 5']],
  [
    'for click-through and experiments',
    ['workers/embed/count-goals.test.ts', 'is counted for the placement and all variants'],
    [promises, 'what a user does about a list counts for its variant'],
  ],
  [
    'false: leaves every list within a second',
    [promises, 'an item that is not available, or removed, leaves every list'],
    ['server/push/hostile-clients.test.ts', 'an item that is made unavailable leaves every open list'],
    [watching, 'an item that is made unavailable, or removed, leaves the open list'],
  ],
  [
    'any of',
    ['server/catalog/catalog.test.ts', 'filters'],
    ['server/query/lists.test.ts', 'similarItems: never the item'],
  ],
  [
    'recommendationId. Identifies this very list: user, revision, variant, placement and all arguments that change its picks; two lists with different picks never share an id, so that normalized client caches keep them apart',
    [listIds, 'two lists with different picks never share an id'],
    [listIds, 'the id sent back says user, revision, placement and variant'],
    [promises, 'what a user does about a list counts for its variant'],
  ],
  ['null for a session', [promises, 'an item that is not available, or removed, leaves every list']],
  ['opaque; compares by meaning, newer is newer', [promises, 'a page is sent the picks as they stand']],
  ['the event that made this revision', [promises, 'a token is answered with picks']],
  [
    "false: a cold user's fallback",
    [promises, 'an unknown user gets picks'],
    [lists, 'gets a list that says it is not personal'],
  ],
  [
    'the taste vector found it; its strongest categories',
    ['engine/rank/category-affinity.test.ts', 'categories are ordered'],
  ],
  [
    'errors[].extensions.code is one of',
    [mutations, 'says UNAVAILABLE, retriable'],
    [access, '$who: $operation'],
    ['server/operations/operations.test.ts', 'one that is not there is named'],
    ['server/guard/limits.test.ts', 'a token bucket for strangers'],
    [freshness, 'too late: PICKS_NOT_FRESH'],
  ],
  [
    'CONSUME: watched, read or listened to; `portion` says how much',
    [consume, 'grows with portion and with time'],
    [consume, 'adds to trends what the greatest portion alone does'],
    ['test/docs/guide-pages.test.ts', 'every request is answered as the page shows'],
  ],
  [
    "1..1000: the item's place in the list it was shown or clicked in",
    [details, '$type is in the log as it was sent'],
    [details, 'a bad %s is refused'],
  ],
  [
    'CONSUME: 0..1, the greatest portion so far',
    [details, 'a bad %s is refused'],
    [consume, 'weighs as the greatest portion in the vector'],
    [consume, 'counts as the greatest portion in training'],
  ],
  ['CONSUME, VIEW, CLICK: time spent, 0..86400', [details, 'a bad %s is refused'], [consume, 'a VIEW or CLICK gains']],
  ['PURCHASE, REFUND: price of one', [details, 'a bad %s is refused'], [details, 'a price that is no finite number']],
  ["ISO 4217; left out: the shop's configured currency", [details, 'a price without a currency gets']],
  [
    'one IMPRESSION each with its position',
    [impressions, 'one IMPRESSION for each item'],
    [promises, 'an impression counts once per user, list and item'],
  ],
  [
    'Counts once per user, recommendationId and item.',
    [impressions, 'the same list and item have the same event id'],
    [promises, 'an impression counts once per user, list and item'],
  ],
  ['not shown before', [windows, 'opens and closes by itself'], [openPages, 'an item appears at availableFrom']],
  [
    'leaves every list and every open page at this time',
    [openPages, 'an item appears at availableFrom and leaves at availableUntil'],
    [openPages, 'every list has what is available now'],
    [windows, 'whatever is put when'],
    ['engine/rank/groups.test.ts', 'another variant where that one is filtered out'],
  ],
  [
    'variants of one product: a list holds at most one of them',
    ['server/lists/pipeline/one-of-group.test.ts', 'whatever is asked'],
    ['engine/rank/groups.test.ts', 'one, whatever the list'],
    [promises, 'a list holds one variant of a product'],
  ],
  ['at most 32', [itemFields, 'at most 32 attributes are taken']],
  ['exactly one value; a name may repeat', [itemFields, 'are in the catalog'], [itemFields, 'a bad %s is refused']],
  ['all of', [filters, '%s: exact in every list']],
  ['all must hold; an item without the attribute does not match', [filters, '%s: exact in every list']],
  [
    '1..64 of a-z 0-9 -: where the list stands',
    [rules, '%s: a placement that is none is refused'],
    [listIds, 'the id sent back says user, revision, placement and variant'],
  ],
  ["a name without rules of its own follows the shop's rules", [inForce, 'a placement overrides the shop']],
  [
    'Rules apply when a list is read or pushed, to every kind of list, also for strangers and guests.',
    [rules, '%s'],
    [rules, 'get the list anew when rules change'],
    [rules, 'a stranger and a trend are pushed anew'],
  ],
  [
    'what counts as seen, for how long or from which portion on',
    [seenPolicy, 'an event type counts for ever, for so long, or not at all'],
    [seenPolicy, 'a portion counts from its value on'],
    [rules, 'the rule of what is seen replaces the default'],
  ],
  [
    'shown so often without a reaction: its score is multiplied; 0 removes it',
    [ruleSteps, 'what was shown often without a reaction sinks or leaves'],
  ],
  [
    'what lists are optimized for; revenue 0..1',
    [ruleSteps, 'revenue weighs scores by price'],
    [ruleSteps, 'weights count what was found because of an event'],
  ],
  [
    'each may have {when: {placement, category, attribute, from, until}}',
    [inForce, 'dated rules start and end by themselves'],
    [inForce, 'a placement overrides the shop'],
    [ruleSteps, 'a rule with a condition applies to lists about that'],
    [rules, 'a dated pin appears on the open page and goes by itself'],
  ],
  ["override the shop's rules", [inForce, 'a placement overrides the shop']],
  [
    'experiments: [{name, placement, from, until, attribution: 7d, variants: [{name, share, rules}]}]',
    [inForce, 'a user stays in one variant'],
    [inForce, 'an experiment runs at its placement and in its time'],
    [rules, 'two placements run different experiments'],
  ],
  ['refuses the whole batch and names the element', [promises, 'a batch with one bad element is refused as a whole']],
  [
    "BULK: durable and counted like any event, but never delays a visitor's list",
    [stored, 'BULK events count like any other'],
    ['platform/live-backlog.test.ts', 'what waits before the embed stage takes of the room'],
    [mutations, 'are durable in the backfill'],
    ['test/e2e/start.test.ts', 'is there after a kill -9'],
  ],
  ['Precomputed picks for one user.', [promises, 'a token is answered with picks']],
  ['up to 1,000', [lists, '%.40s: names path, rule and value']],
  [
    'Rules, experiments, quality and click-through are kept per placement;',
    [stored, 'figures, experiments and rules are kept per placement'],
    [rules, 'two placements run different experiments'],
    ['test/browser/merchandising.test.ts', 'two placements of one page run different experiments'],
  ],
  [
    'The given items in the order in which this user would want them; unknown and unavailable ids are left out. 1..1000 ids.',
    [rank, 'puts first what the user would want next'],
    [rank, 'leaves out unknown and unavailable ids'],
    [rank, 'takes 1,000 ids'],
    [rank, 'refuses'],
    [stored, 'rank: what the user wants first'],
  ],
  [
    'Rows for a start page, chosen and ordered for this user. No item is in two rows; a row with fewer than 4 items is left out.',
    [home, 'has what was begun and the best of the list first'],
    [home, 'no item is in two rows'],
    [home, 'leaves out a row of fewer than 4 items'],
    ['server/lists/home/choose-rows.test.ts', 'no item is in two rows'],
    [stored, 'home: rows of what the user did'],
  ],
  [
    'The start page as it stands, then every newer one. Rows that did not change keep their id, so that clients leave them in place.',
    [openHome, 'shows the page as it stands, then every newer one; unchanged rows keep their id'],
    [openHome, 'sends nothing where the rows are the same, and never an older page'],
    [stored, 'home: rows of what the user did'],
  ],
  ['with the picks it has in extensions', [freshness, 'too late: PICKS_NOT_FRESH']],
  ['The token tells when it is done', [promises, 'an erasure takes state, picks and history; its token shows']],
  ['refits the model on all that is known now', ['server/pipeline/pipeline.test.ts', 'retrain answers when']],
  ['the server makes a UUIDv7 where it is left out', [mutations, 'is in the log when it answers']],
  ['when it happened', [mutations, 'takes a rating of 0 to 5']],
  [
    "stable while the row's picks are the same; also a recommendationId",
    [home, 'a row id can be verified, and stays while another row changes'],
    [openHome, 'shows the page as it stands, then every newer one; unchanged rows keep their id'],
  ],
  ['BECAUSE_OF: that item; CATEGORY: MatchesTaste with that category', [home, 'has what was begun and the best']],
  [
    'extensions.retriable says whether the same call may succeed later.',
    [mutations, 'says UNAVAILABLE, retriable'],
    [freshness, 'too late: PICKS_NOT_FRESH, retriable'],
    [promises, 'a batch with one bad element is refused as a whole'],
  ],
  ['nothing of a refused batch is recorded.', [promises, 'a batch with one bad element is refused as a whole']],
]

/** Sentences of the contract that say what a document is, and promise nothing. */
export const promisesNothing: readonly string[] = [
  'The public contract, second edition',
  'Names and meanings are fixed.',
  'You may add;',
  'you do not rename, remove or change a meaning.',
  'The emitted schema must contain all of this',
  'until then the check is against api.graphql.',
  'Rules (YAML of putRules), additions.',
]
