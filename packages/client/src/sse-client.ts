// A separate module, so that bundlers include only the client of graphql-sse, not its server.
export { createClient } from 'graphql-sse'
