import { readFileSync } from 'node:fs'

export interface TlsFiles {
  /** Prefix of the settings, for messages: `PICKSTREAM_KAFKA_TLS`. */
  readonly setting: string
  readonly isOn: boolean
  /** Certificate authorities, PEM. Default: those that Node.js trusts. */
  readonly caFile?: string
  /** The client's own certificate and its key, PEM, for mutual TLS: both or none. */
  readonly certFile?: string
  readonly keyFile?: string
}

export interface TlsOptions {
  readonly rejectUnauthorized: true
  readonly ca?: Buffer
  readonly cert?: Buffer
  readonly key?: Buffer
}

/**
 * Returns TLS options from the files that settings name; undefined if TLS is off. The server's certificate is always
 * verified.
 * @throws Error naming the setting: a file without TLS, a certificate without its key, or a file that cannot be read
 */
export function readTlsFiles({ setting, isOn, caFile, certFile, keyFile }: TlsFiles): TlsOptions | undefined {
  const files = { CA_FILE: caFile, CERT_FILE: certFile, KEY_FILE: keyFile }
  for (const [name, file] of Object.entries(files)) {
    if (file !== undefined && !isOn) throw new Error(`${setting}_${name}=${file} needs ${setting}=on`)
  }
  if (!isOn) return undefined
  if ((certFile === undefined) !== (keyFile === undefined)) {
    const [given, missing] = certFile === undefined ? ['KEY_FILE', 'CERT_FILE'] : ['CERT_FILE', 'KEY_FILE']
    throw new Error(`${setting}_${given} needs ${setting}_${missing}: mutual TLS takes a certificate and its key`)
  }
  const read = (name: string, file: string) => {
    try {
      return readFileSync(file)
    } catch (error) {
      throw new Error(`${setting}_${name}: ${error instanceof Error ? error.message : String(error)}`)
    }
  }
  return {
    rejectUnauthorized: true,
    ...(caFile !== undefined && { ca: read('CA_FILE', caFile) }),
    ...(certFile !== undefined && { cert: read('CERT_FILE', certFile) }),
    ...(keyFile !== undefined && { key: read('KEY_FILE', keyFile) }),
  }
}
