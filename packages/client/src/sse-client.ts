// A module of its own, so that bundlers load only the client of graphql-sse when it is imported, not its server.
export { createClient } from 'graphql-sse'
