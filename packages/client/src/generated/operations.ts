// Made by npm run codegen from packages/client/src/operations.graphql. Do not edit.
import type { TypedDocument } from '../document.ts'

const listPickFragment = "fragment ListPick on Pick{rank score item{id title categories tags price imageUrl publishedAt}reason{__typename ...on BecauseOfItem{eventType item{id title}}...on PopularNow{window}...on MatchesTaste{categories}...on NewArrival{publishedAt}...on ChosenByShop{rule}}}"
const recommendationListFragment = "fragment RecommendationList on Recommendations{id userId revision placement computedAt modelVersion causedByEventId personalized picks{...ListPick}}"
const startPageFragment = "fragment StartPage on Home{id rows{id kind because{__typename ...on BecauseOfItem{eventType item{id title}}...on MatchesTaste{categories}}picks{...ListPick}}}"
export const recommendationsDocument: TypedDocument<RecommendationsQuery, RecommendationsQueryVariables> = "query Recommendations($userId:ID!$first:Int$filter:ItemFilter$exclude:[ID!]$includeSeen:Boolean$diversity:Float$after:String$placement:String$timeoutMs:Int){recommendations(userId:$userId first:$first filter:$filter exclude:$exclude includeSeen:$includeSeen diversity:$diversity after:$after placement:$placement timeoutMs:$timeoutMs){...RecommendationList}}" + recommendationListFragment + listPickFragment
export const sessionRecommendationsDocument: TypedDocument<SessionRecommendationsQuery, SessionRecommendationsQueryVariables> = "query SessionRecommendations($events:[SessionEventInput!]!$first:Int$filter:ItemFilter$exclude:[ID!]$placement:String){sessionRecommendations(events:$events first:$first filter:$filter exclude:$exclude placement:$placement){...RecommendationList}}" + recommendationListFragment + listPickFragment
export const similarItemsDocument: TypedDocument<SimilarItemsQuery, SimilarItemsQueryVariables> = "query SimilarItems($itemId:ID!$first:Int$filter:ItemFilter$exclude:[ID!]$placement:String){similarItems(itemId:$itemId first:$first filter:$filter exclude:$exclude placement:$placement){...ListPick}}" + listPickFragment
export const boughtTogetherDocument: TypedDocument<BoughtTogetherQuery, BoughtTogetherQueryVariables> = "query BoughtTogether($itemIds:[ID!]!$first:Int$filter:ItemFilter$exclude:[ID!]$placement:String){boughtTogether(itemIds:$itemIds first:$first filter:$filter exclude:$exclude placement:$placement){...ListPick}}" + listPickFragment
export const trendingDocument: TypedDocument<TrendingQuery, TrendingQueryVariables> = "query Trending($window:TrendWindow$first:Int$filter:ItemFilter$exclude:[ID!]$placement:String){trending(window:$window first:$first filter:$filter exclude:$exclude placement:$placement){...ListPick}}" + listPickFragment
export const rankDocument: TypedDocument<RankQuery, RankQueryVariables> = "query Rank($userId:ID!$itemIds:[ID!]!$placement:String){rank(userId:$userId itemIds:$itemIds placement:$placement){...ListPick}}" + listPickFragment
export const homeDocument: TypedDocument<HomeQuery, HomeQueryVariables> = "query Home($userId:ID!$rows:Int$first:Int$filter:ItemFilter$placement:String){home(userId:$userId rows:$rows first:$first filter:$filter placement:$placement){...StartPage}}" + startPageFragment + listPickFragment
export const recommendationsUpdatedDocument: TypedDocument<RecommendationsUpdatedSubscription, RecommendationsUpdatedSubscriptionVariables> = "subscription RecommendationsUpdated($userId:ID!$first:Int$filter:ItemFilter$exclude:[ID!]$diversity:Float$sinceRevision:String$placement:String){recommendationsUpdated(userId:$userId first:$first filter:$filter exclude:$exclude diversity:$diversity sinceRevision:$sinceRevision placement:$placement){...RecommendationList}}" + recommendationListFragment + listPickFragment
export const trendingUpdatedDocument: TypedDocument<TrendingUpdatedSubscription, TrendingUpdatedSubscriptionVariables> = "subscription TrendingUpdated($window:TrendWindow$first:Int$filter:ItemFilter$placement:String){trendingUpdated(window:$window first:$first filter:$filter placement:$placement){...ListPick}}" + listPickFragment
export const homeUpdatedDocument: TypedDocument<HomeUpdatedSubscription, HomeUpdatedSubscriptionVariables> = "subscription HomeUpdated($userId:ID!$rows:Int$first:Int$filter:ItemFilter$placement:String){homeUpdated(userId:$userId rows:$rows first:$first filter:$filter placement:$placement){...StartPage}}" + startPageFragment + listPickFragment
export const recordEventsDocument: TypedDocument<RecordEventsMutation, RecordEventsMutationVariables> = "mutation RecordEvents($events:[EventInput!]!){recordEvents(events:$events){token}}"
export const undoEventsDocument: TypedDocument<UndoEventsMutation, UndoEventsMutationVariables> = "mutation UndoEvents($userId:ID!$eventIds:[ID!]!){undoEvents(userId:$userId eventIds:$eventIds){token}}"
export const identifyDocument: TypedDocument<IdentifyMutation, IdentifyMutationVariables> = "mutation Identify($guestId:ID!$userId:ID!){identify(guestId:$guestId userId:$userId){token}}"
export const forgetUserDocument: TypedDocument<ForgetUserMutation, ForgetUserMutationVariables> = "mutation ForgetUser($userId:ID!){forgetUser(userId:$userId){token}}"

/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
/** A condition on one attribute of an item. All given parts must hold for the same value, which is a text, a number or a flag: `in` together with `gte`, `lte` or `is` matches no item. With the name alone the item must have the attribute. Where a name repeats, one value that matches suffices. */
export type AttributeFilter = {
  /** A number that is this or more. Refused above `lte`. */
  readonly gte?: number | null | undefined;
  /** A text that is any of these; at most 100. Empty: no item matches. */
  readonly in?: ReadonlyArray<string> | null | undefined;
  /** A flag that is this. */
  readonly is?: boolean | null | undefined;
  /** A number that is this or less. */
  readonly lte?: number | null | undefined;
  /** Name of the attribute, 1..64 bytes. */
  readonly name: string;
};

/** Something a visitor did. */
export type EventInput = {
  /** Currency of `unitPrice`, ISO 4217. Default: the shop's currency. */
  readonly currency?: string | null | undefined;
  /** Id that the client chose, unique per user: an event counts once per id. Default: a UUIDv7 made by the server. */
  readonly eventId?: string | null | undefined;
  /** The item, 1..256 bytes. It need not be in the catalog yet. */
  readonly itemId: string;
  /** CONSUME: 0..1, the greatest portion so far. */
  readonly portion?: number | null | undefined;
  /** Position of the item in the list in which it was shown or clicked, 1..1000. */
  readonly position?: number | null | undefined;
  /** Number of pieces, 1..1,000,000. */
  readonly quantity?: number | null | undefined;
  /** Id of the list that the user reacted to; counted for click-through and experiments. */
  readonly recommendationId?: string | null | undefined;
  /** CONSUME, VIEW, CLICK: time spent, 0..86400. */
  readonly seconds?: number | null | undefined;
  /** When it happened, at most 5 minutes in the future. Default: the server's clock. */
  readonly timestamp?: string | null | undefined;
  /** What the visitor did. */
  readonly type: EventType;
  /** PURCHASE, REFUND: price of one, 0..1e12. */
  readonly unitPrice?: number | null | undefined;
  /** The user, 1..256 bytes. */
  readonly userId: string;
  /** RATING: 0..5 stars */
  readonly value?: number | null | undefined;
};

/** What a visitor did with an item. */
export type EventType =
  /** Put the item into the basket. */
  | 'CART'
  /** Clicked the item in a list. */
  | 'CLICK'
  /** Watched, read or listened to the item; `portion` says how much of it. */
  | 'CONSUME'
  /** Said not to like the item: it leaves the lists. */
  | 'DISLIKE'
  /** Closed the recommendation of the item: it leaves the lists. */
  | 'DISMISS'
  /** The item of a list was in view. */
  | 'IMPRESSION'
  /** Said to like the item. */
  | 'LIKE'
  /** Bought the item: it leaves the lists. */
  | 'PURCHASE'
  /** Rated the item with `value` stars: it leaves the lists. */
  | 'RATING'
  /** Sent the item back: it leaves the lists. */
  | 'REFUND'
  /** Took the item out of the basket. */
  | 'UNCART'
  /** Opened the item's page. */
  | 'VIEW';

/** What the items of a row have in common. */
export type HomeRowKind =
  /** Items recommended because of one item that the user reacted to. */
  | 'BECAUSE_OF'
  /** Items that the user bought and may buy again. */
  | 'BUY_AGAIN'
  /** The best of one category that the user likes. */
  | 'CATEGORY'
  /** Items that the user began and did not finish, the latest first. */
  | 'CONTINUE'
  /** The best of the user's list. */
  | 'FOR_YOU'
  /** The newest of the catalog. */
  | 'NEW'
  /** Items that trend now. */
  | 'TRENDING';

/** Conditions on items. All given fields must hold; a field that is left out or null is no condition. */
export type ItemFilter = {
  /** The item has all of these categories. */
  readonly allCategories?: ReadonlyArray<string> | null | undefined;
  /** The item has all of these tags. */
  readonly allTags?: ReadonlyArray<string> | null | undefined;
  /** All of these must hold, at most 16. An item without the attribute does not match. */
  readonly attributes?: ReadonlyArray<AttributeFilter> | null | undefined;
  /** The item has any of these categories. */
  readonly categories?: ReadonlyArray<string> | null | undefined;
  /** The item has none of these categories. */
  readonly excludeCategories?: ReadonlyArray<string> | null | undefined;
  /** The item has none of these tags. */
  readonly excludeTags?: ReadonlyArray<string> | null | undefined;
  /** The price is this or less. An item without a price does not match. */
  readonly maxPrice?: number | null | undefined;
  /** The price is this or more. An item without a price does not match. */
  readonly minPrice?: number | null | undefined;
  /** The item was published after this time. An item without a date does not match. */
  readonly publishedAfter?: string | null | undefined;
  /** The item has any of these tags. */
  readonly tags?: ReadonlyArray<string> | null | undefined;
};

/** One step of a click trail or basket. */
export type SessionEventInput = {
  /** The item, 1..256 bytes. */
  readonly itemId: string;
  /** What the visitor did. */
  readonly type?: EventType | null | undefined;
};

/** How far back a trend looks. */
export type TrendWindow =
  /** Counts with a half-life of a day. */
  | 'DAY'
  /** Counts with a half-life of an hour. */
  | 'HOUR'
  /** Counts with a half-life of a week. */
  | 'WEEK';

export type ListPickFragment = { readonly rank: number, readonly score: number, readonly item: { readonly id: string, readonly title: string, readonly categories: ReadonlyArray<string>, readonly tags: ReadonlyArray<string>, readonly price: number | null, readonly imageUrl: string | null, readonly publishedAt: string | null }, readonly reason:
    | { readonly __typename: 'BecauseOfItem', readonly eventType: EventType, readonly item: { readonly id: string, readonly title: string } }
    | { readonly __typename: 'ChosenByShop', readonly rule: string }
    | { readonly __typename: 'MatchesTaste', readonly categories: ReadonlyArray<string> }
    | { readonly __typename: 'NewArrival', readonly publishedAt: string | null }
    | { readonly __typename: 'PopularNow', readonly window: TrendWindow }
   };

export type RecommendationListFragment = { readonly id: string, readonly userId: string | null, readonly revision: string, readonly placement: string | null, readonly computedAt: string, readonly modelVersion: number, readonly causedByEventId: string | null, readonly personalized: boolean, readonly picks: ReadonlyArray<{ readonly rank: number, readonly score: number, readonly item: { readonly id: string, readonly title: string, readonly categories: ReadonlyArray<string>, readonly tags: ReadonlyArray<string>, readonly price: number | null, readonly imageUrl: string | null, readonly publishedAt: string | null }, readonly reason:
      | { readonly __typename: 'BecauseOfItem', readonly eventType: EventType, readonly item: { readonly id: string, readonly title: string } }
      | { readonly __typename: 'ChosenByShop', readonly rule: string }
      | { readonly __typename: 'MatchesTaste', readonly categories: ReadonlyArray<string> }
      | { readonly __typename: 'NewArrival', readonly publishedAt: string | null }
      | { readonly __typename: 'PopularNow', readonly window: TrendWindow }
     }> };

export type StartPageFragment = { readonly id: string, readonly rows: ReadonlyArray<{ readonly id: string, readonly kind: HomeRowKind, readonly because:
      | { readonly __typename: 'BecauseOfItem', readonly eventType: EventType, readonly item: { readonly id: string, readonly title: string } }
      | { readonly __typename: 'ChosenByShop' }
      | { readonly __typename: 'MatchesTaste', readonly categories: ReadonlyArray<string> }
      | { readonly __typename: 'NewArrival' }
      | { readonly __typename: 'PopularNow' }
     | null, readonly picks: ReadonlyArray<{ readonly rank: number, readonly score: number, readonly item: { readonly id: string, readonly title: string, readonly categories: ReadonlyArray<string>, readonly tags: ReadonlyArray<string>, readonly price: number | null, readonly imageUrl: string | null, readonly publishedAt: string | null }, readonly reason:
        | { readonly __typename: 'BecauseOfItem', readonly eventType: EventType, readonly item: { readonly id: string, readonly title: string } }
        | { readonly __typename: 'ChosenByShop', readonly rule: string }
        | { readonly __typename: 'MatchesTaste', readonly categories: ReadonlyArray<string> }
        | { readonly __typename: 'NewArrival', readonly publishedAt: string | null }
        | { readonly __typename: 'PopularNow', readonly window: TrendWindow }
       }> }> };

export type RecommendationsQueryVariables = Exact<{
  userId: string;
  first?: number | null | undefined;
  filter?: ItemFilter | null | undefined;
  exclude?: ReadonlyArray<string> | string | null | undefined;
  includeSeen?: boolean | null | undefined;
  diversity?: number | null | undefined;
  after?: string | null | undefined;
  placement?: string | null | undefined;
  timeoutMs?: number | null | undefined;
}>;


export type RecommendationsQuery = { readonly recommendations: { readonly id: string, readonly userId: string | null, readonly revision: string, readonly placement: string | null, readonly computedAt: string, readonly modelVersion: number, readonly causedByEventId: string | null, readonly personalized: boolean, readonly picks: ReadonlyArray<{ readonly rank: number, readonly score: number, readonly item: { readonly id: string, readonly title: string, readonly categories: ReadonlyArray<string>, readonly tags: ReadonlyArray<string>, readonly price: number | null, readonly imageUrl: string | null, readonly publishedAt: string | null }, readonly reason:
        | { readonly __typename: 'BecauseOfItem', readonly eventType: EventType, readonly item: { readonly id: string, readonly title: string } }
        | { readonly __typename: 'ChosenByShop', readonly rule: string }
        | { readonly __typename: 'MatchesTaste', readonly categories: ReadonlyArray<string> }
        | { readonly __typename: 'NewArrival', readonly publishedAt: string | null }
        | { readonly __typename: 'PopularNow', readonly window: TrendWindow }
       }> } };

export type SessionRecommendationsQueryVariables = Exact<{
  events: ReadonlyArray<SessionEventInput> | SessionEventInput;
  first?: number | null | undefined;
  filter?: ItemFilter | null | undefined;
  exclude?: ReadonlyArray<string> | string | null | undefined;
  placement?: string | null | undefined;
}>;


export type SessionRecommendationsQuery = { readonly sessionRecommendations: { readonly id: string, readonly userId: string | null, readonly revision: string, readonly placement: string | null, readonly computedAt: string, readonly modelVersion: number, readonly causedByEventId: string | null, readonly personalized: boolean, readonly picks: ReadonlyArray<{ readonly rank: number, readonly score: number, readonly item: { readonly id: string, readonly title: string, readonly categories: ReadonlyArray<string>, readonly tags: ReadonlyArray<string>, readonly price: number | null, readonly imageUrl: string | null, readonly publishedAt: string | null }, readonly reason:
        | { readonly __typename: 'BecauseOfItem', readonly eventType: EventType, readonly item: { readonly id: string, readonly title: string } }
        | { readonly __typename: 'ChosenByShop', readonly rule: string }
        | { readonly __typename: 'MatchesTaste', readonly categories: ReadonlyArray<string> }
        | { readonly __typename: 'NewArrival', readonly publishedAt: string | null }
        | { readonly __typename: 'PopularNow', readonly window: TrendWindow }
       }> } };

export type SimilarItemsQueryVariables = Exact<{
  itemId: string;
  first?: number | null | undefined;
  filter?: ItemFilter | null | undefined;
  exclude?: ReadonlyArray<string> | string | null | undefined;
  placement?: string | null | undefined;
}>;


export type SimilarItemsQuery = { readonly similarItems: ReadonlyArray<{ readonly rank: number, readonly score: number, readonly item: { readonly id: string, readonly title: string, readonly categories: ReadonlyArray<string>, readonly tags: ReadonlyArray<string>, readonly price: number | null, readonly imageUrl: string | null, readonly publishedAt: string | null }, readonly reason:
      | { readonly __typename: 'BecauseOfItem', readonly eventType: EventType, readonly item: { readonly id: string, readonly title: string } }
      | { readonly __typename: 'ChosenByShop', readonly rule: string }
      | { readonly __typename: 'MatchesTaste', readonly categories: ReadonlyArray<string> }
      | { readonly __typename: 'NewArrival', readonly publishedAt: string | null }
      | { readonly __typename: 'PopularNow', readonly window: TrendWindow }
     }> };

export type BoughtTogetherQueryVariables = Exact<{
  itemIds: ReadonlyArray<string> | string;
  first?: number | null | undefined;
  filter?: ItemFilter | null | undefined;
  exclude?: ReadonlyArray<string> | string | null | undefined;
  placement?: string | null | undefined;
}>;


export type BoughtTogetherQuery = { readonly boughtTogether: ReadonlyArray<{ readonly rank: number, readonly score: number, readonly item: { readonly id: string, readonly title: string, readonly categories: ReadonlyArray<string>, readonly tags: ReadonlyArray<string>, readonly price: number | null, readonly imageUrl: string | null, readonly publishedAt: string | null }, readonly reason:
      | { readonly __typename: 'BecauseOfItem', readonly eventType: EventType, readonly item: { readonly id: string, readonly title: string } }
      | { readonly __typename: 'ChosenByShop', readonly rule: string }
      | { readonly __typename: 'MatchesTaste', readonly categories: ReadonlyArray<string> }
      | { readonly __typename: 'NewArrival', readonly publishedAt: string | null }
      | { readonly __typename: 'PopularNow', readonly window: TrendWindow }
     }> };

export type TrendingQueryVariables = Exact<{
  window?: TrendWindow | null | undefined;
  first?: number | null | undefined;
  filter?: ItemFilter | null | undefined;
  exclude?: ReadonlyArray<string> | string | null | undefined;
  placement?: string | null | undefined;
}>;


export type TrendingQuery = { readonly trending: ReadonlyArray<{ readonly rank: number, readonly score: number, readonly item: { readonly id: string, readonly title: string, readonly categories: ReadonlyArray<string>, readonly tags: ReadonlyArray<string>, readonly price: number | null, readonly imageUrl: string | null, readonly publishedAt: string | null }, readonly reason:
      | { readonly __typename: 'BecauseOfItem', readonly eventType: EventType, readonly item: { readonly id: string, readonly title: string } }
      | { readonly __typename: 'ChosenByShop', readonly rule: string }
      | { readonly __typename: 'MatchesTaste', readonly categories: ReadonlyArray<string> }
      | { readonly __typename: 'NewArrival', readonly publishedAt: string | null }
      | { readonly __typename: 'PopularNow', readonly window: TrendWindow }
     }> };

export type RankQueryVariables = Exact<{
  userId: string;
  itemIds: ReadonlyArray<string> | string;
  placement?: string | null | undefined;
}>;


export type RankQuery = { readonly rank: ReadonlyArray<{ readonly rank: number, readonly score: number, readonly item: { readonly id: string, readonly title: string, readonly categories: ReadonlyArray<string>, readonly tags: ReadonlyArray<string>, readonly price: number | null, readonly imageUrl: string | null, readonly publishedAt: string | null }, readonly reason:
      | { readonly __typename: 'BecauseOfItem', readonly eventType: EventType, readonly item: { readonly id: string, readonly title: string } }
      | { readonly __typename: 'ChosenByShop', readonly rule: string }
      | { readonly __typename: 'MatchesTaste', readonly categories: ReadonlyArray<string> }
      | { readonly __typename: 'NewArrival', readonly publishedAt: string | null }
      | { readonly __typename: 'PopularNow', readonly window: TrendWindow }
     }> };

export type HomeQueryVariables = Exact<{
  userId: string;
  rows?: number | null | undefined;
  first?: number | null | undefined;
  filter?: ItemFilter | null | undefined;
  placement?: string | null | undefined;
}>;


export type HomeQuery = { readonly home: { readonly id: string, readonly rows: ReadonlyArray<{ readonly id: string, readonly kind: HomeRowKind, readonly because:
        | { readonly __typename: 'BecauseOfItem', readonly eventType: EventType, readonly item: { readonly id: string, readonly title: string } }
        | { readonly __typename: 'ChosenByShop' }
        | { readonly __typename: 'MatchesTaste', readonly categories: ReadonlyArray<string> }
        | { readonly __typename: 'NewArrival' }
        | { readonly __typename: 'PopularNow' }
       | null, readonly picks: ReadonlyArray<{ readonly rank: number, readonly score: number, readonly item: { readonly id: string, readonly title: string, readonly categories: ReadonlyArray<string>, readonly tags: ReadonlyArray<string>, readonly price: number | null, readonly imageUrl: string | null, readonly publishedAt: string | null }, readonly reason:
          | { readonly __typename: 'BecauseOfItem', readonly eventType: EventType, readonly item: { readonly id: string, readonly title: string } }
          | { readonly __typename: 'ChosenByShop', readonly rule: string }
          | { readonly __typename: 'MatchesTaste', readonly categories: ReadonlyArray<string> }
          | { readonly __typename: 'NewArrival', readonly publishedAt: string | null }
          | { readonly __typename: 'PopularNow', readonly window: TrendWindow }
         }> }> } };

export type RecommendationsUpdatedSubscriptionVariables = Exact<{
  userId: string;
  first?: number | null | undefined;
  filter?: ItemFilter | null | undefined;
  exclude?: ReadonlyArray<string> | string | null | undefined;
  diversity?: number | null | undefined;
  sinceRevision?: string | null | undefined;
  placement?: string | null | undefined;
}>;


export type RecommendationsUpdatedSubscription = { readonly recommendationsUpdated: { readonly id: string, readonly userId: string | null, readonly revision: string, readonly placement: string | null, readonly computedAt: string, readonly modelVersion: number, readonly causedByEventId: string | null, readonly personalized: boolean, readonly picks: ReadonlyArray<{ readonly rank: number, readonly score: number, readonly item: { readonly id: string, readonly title: string, readonly categories: ReadonlyArray<string>, readonly tags: ReadonlyArray<string>, readonly price: number | null, readonly imageUrl: string | null, readonly publishedAt: string | null }, readonly reason:
        | { readonly __typename: 'BecauseOfItem', readonly eventType: EventType, readonly item: { readonly id: string, readonly title: string } }
        | { readonly __typename: 'ChosenByShop', readonly rule: string }
        | { readonly __typename: 'MatchesTaste', readonly categories: ReadonlyArray<string> }
        | { readonly __typename: 'NewArrival', readonly publishedAt: string | null }
        | { readonly __typename: 'PopularNow', readonly window: TrendWindow }
       }> } };

export type TrendingUpdatedSubscriptionVariables = Exact<{
  window?: TrendWindow | null | undefined;
  first?: number | null | undefined;
  filter?: ItemFilter | null | undefined;
  placement?: string | null | undefined;
}>;


export type TrendingUpdatedSubscription = { readonly trendingUpdated: ReadonlyArray<{ readonly rank: number, readonly score: number, readonly item: { readonly id: string, readonly title: string, readonly categories: ReadonlyArray<string>, readonly tags: ReadonlyArray<string>, readonly price: number | null, readonly imageUrl: string | null, readonly publishedAt: string | null }, readonly reason:
      | { readonly __typename: 'BecauseOfItem', readonly eventType: EventType, readonly item: { readonly id: string, readonly title: string } }
      | { readonly __typename: 'ChosenByShop', readonly rule: string }
      | { readonly __typename: 'MatchesTaste', readonly categories: ReadonlyArray<string> }
      | { readonly __typename: 'NewArrival', readonly publishedAt: string | null }
      | { readonly __typename: 'PopularNow', readonly window: TrendWindow }
     }> };

export type HomeUpdatedSubscriptionVariables = Exact<{
  userId: string;
  rows?: number | null | undefined;
  first?: number | null | undefined;
  filter?: ItemFilter | null | undefined;
  placement?: string | null | undefined;
}>;


export type HomeUpdatedSubscription = { readonly homeUpdated: { readonly id: string, readonly rows: ReadonlyArray<{ readonly id: string, readonly kind: HomeRowKind, readonly because:
        | { readonly __typename: 'BecauseOfItem', readonly eventType: EventType, readonly item: { readonly id: string, readonly title: string } }
        | { readonly __typename: 'ChosenByShop' }
        | { readonly __typename: 'MatchesTaste', readonly categories: ReadonlyArray<string> }
        | { readonly __typename: 'NewArrival' }
        | { readonly __typename: 'PopularNow' }
       | null, readonly picks: ReadonlyArray<{ readonly rank: number, readonly score: number, readonly item: { readonly id: string, readonly title: string, readonly categories: ReadonlyArray<string>, readonly tags: ReadonlyArray<string>, readonly price: number | null, readonly imageUrl: string | null, readonly publishedAt: string | null }, readonly reason:
          | { readonly __typename: 'BecauseOfItem', readonly eventType: EventType, readonly item: { readonly id: string, readonly title: string } }
          | { readonly __typename: 'ChosenByShop', readonly rule: string }
          | { readonly __typename: 'MatchesTaste', readonly categories: ReadonlyArray<string> }
          | { readonly __typename: 'NewArrival', readonly publishedAt: string | null }
          | { readonly __typename: 'PopularNow', readonly window: TrendWindow }
         }> }> } };

export type RecordEventsMutationVariables = Exact<{
  events: ReadonlyArray<EventInput> | EventInput;
}>;


export type RecordEventsMutation = { readonly recordEvents: { readonly token: string } };

export type UndoEventsMutationVariables = Exact<{
  userId: string;
  eventIds: ReadonlyArray<string> | string;
}>;


export type UndoEventsMutation = { readonly undoEvents: { readonly token: string } };

export type IdentifyMutationVariables = Exact<{
  guestId: string;
  userId: string;
}>;


export type IdentifyMutation = { readonly identify: { readonly token: string } };

export type ForgetUserMutationVariables = Exact<{
  userId: string;
}>;


export type ForgetUserMutation = { readonly forgetUser: { readonly token: string } };
