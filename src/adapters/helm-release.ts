import {gunzipSync} from 'node:zlib'
import {OddField} from '../kube/field.js'
import type {Json, KubeObject} from '../kube/json.js'
import {decodeBase64, secretBytes, utf8} from '../kube/secret-data.js'
import {summaryOfRelease, unreadableRelease} from '../psp/helm-release.js'

/** A Secret holds at most 1 MiB, of which gzip could make a gigabyte. Real releases stay far below. */
export const MOST_BYTES = 16 * 1024 * 1024

/**
 * What the sources hand on in place of a Secret of type helm.sh/release.v1.
 * Helm writes JSON, gzip (older releases: none), base64, and the API base64
 * once more (storage/driver/util.go). Never throws for what stands in it.
 */
export function helmReleaseSummary(secret: KubeObject): KubeObject {
  try {
    return summaryOfRelease(secret, unpack(secret))
  } catch (error) {
    if (error instanceof OddField) return unreadable(secret, error.message)
    throw error
  }
}

function unreadable(secret: KubeObject, problem: string): KubeObject {
  try {
    return unreadableRelease(secret, problem)
  } catch (error) {
    // Not even its name can be read; its data goes no further all the same.
    if (error instanceof OddField) return {apiVersion: secret.apiVersion, kind: secret.kind, metadata: {name: ''}, problem}
    throw error
  }
}

function unpack(secret: KubeObject): Json {
  const stored = secretBytes(secret, 'release')
  if (stored === undefined) throw new OddField('data.release', 'there')
  const bytes = decodeBase64(utf8(stored, 'data.release'), 'data.release')
  const isGzip = bytes[0] === 0x1f && bytes[1] === 0x8b && bytes[2] === 0x08
  const text = utf8(isGzip ? inflate(bytes) : bytes, 'the release')
  try {
    return JSON.parse(text) as Json
  } catch {
    // The parser's own message quotes the text.
    throw new OddField('the release', 'JSON')
  }
}

function inflate(bytes: Uint8Array): Uint8Array {
  try {
    return gunzipSync(bytes, {maxOutputLength: MOST_BYTES})
  } catch (error) {
    const isLarge = error instanceof Error && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE'
    throw new OddField('the release', isLarge ? `below ${MOST_BYTES / 1024 / 1024} MiB unpacked` : 'gzip')
  }
}
