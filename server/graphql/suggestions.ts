const suggestion = /\s+Did you mean [a-z ]*".*"\?$/s

/** The message of a GraphQL error without "Did you mean …?", which names parts of the schema that nobody asked for. */
export const withoutSuggestion = (message: string): string => message.replace(suggestion, '')
