/**
 * The text of a GraphQL operation that knows the types of its variables and its answer. `npm run codegen` makes those of this
 * package; a `TypedDocumentString` of graphql-codegen fits too.
 */
export type TypedDocument<Data, Variables> = string & { readonly __apiType?: (variables: Variables) => Data }
