import {OddField, pathOf, textAt} from './field.js'
import type {KubeObject} from './json.js'

/** The bytes of one entry; undefined where there is none. A manifest may still have it in `stringData`, which wins. No message holds any of them. */
export function secretBytes(secret: KubeObject, key: string): Uint8Array | undefined {
  const plain = textAt(secret, 'stringData', key)
  if (plain !== undefined) return Buffer.from(plain, 'utf8')
  const encoded = textAt(secret, 'data', key)
  return encoded === undefined ? undefined : decodeBase64(encoded, pathOf(['data', key]))
}

/** Padded, standard alphabet, line breaks allowed: what Go's decoder takes, and the API server has checked. */
export function decodeBase64(text: string, path: string): Uint8Array {
  const bare = text.replace(/[\r\n]/g, '')
  if (bare.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(bare)) throw new OddField(path, 'base64')
  return Buffer.from(bare, 'base64')
}

/** Throws for bytes that are no UTF-8. */
export function utf8(bytes: Uint8Array, path: string): string {
  try {
    return new TextDecoder('utf-8', {fatal: true}).decode(bytes)
  } catch {
    throw new OddField(path, 'text')
  }
}
