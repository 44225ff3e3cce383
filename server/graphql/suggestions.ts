const suggestion = /\s+Did you mean [a-z ]*".*"\?$/s

/** The message of a GraphQL error without "Did you mean …?", which reveals parts of the schema. */
export const withoutSuggestion = (message: string): string => message.replace(suggestion, '')
