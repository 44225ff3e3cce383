import { RecordAuthenticator } from '../../schema/records/record-authenticator.ts'

/** All simulated processes share one key. */
export const authenticator = new RecordAuthenticator(new Uint8Array(32))
