/**
 * The text of a GraphQL operation with the types of its variables and its data. `npm run codegen` generates those of
 * this package; a `TypedDocumentString` of graphql-codegen has a compatible type.
 */
export type TypedDocument<Data, Variables> = string & { readonly __apiType?: (variables: Variables) => Data }
