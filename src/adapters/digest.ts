import {hash} from 'node:crypto'

/** SHA-256 in lower-case hex. One call, without the stream classes that createHash brings in. */
export function digestOf(bytes: Uint8Array | string): string {
  return hash('sha256', bytes, 'hex')
}
