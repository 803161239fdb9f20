/**
 * What this machine approved, apart from the policy that people write: an exact
 * pin over everything a verdict rests on. Any change makes another pin, and so
 * asks again; a binary that is upgraded in place does not change it.
 */
export interface Pin {
  /** As written; '' for a static credential (token, password) that crosses files. */
  command: string
  /** What kubectl would start (LookPath, symlinks unresolved); of a static credential the token file, if there is one. */
  path: string
  args: readonly string[]
  /** Values as SHA-256, so that no secret stands in the store. */
  env: readonly {name: string; sha256: string}[]
  /** Only where the helper is given the cluster: SHA-256 of what the file adds to it, which a helper may take for its configuration. */
  clusterInfo?: string
  /** Scripts, also those handed to a shell or started by a launcher: content and interpreter. */
  script: {sha256: string; interpreter: string} | null
  /** The kubeconfig that holds the user, as kubectl opens it. */
  file: string
  /** The user's name: for static credentials it tells which one, for plugins it is part of the question that was answered. */
  user: string
  /** Canonical URL; '' where the file names none. */
  server: string
  /** Sorted `sha256:…` of every CA certificate, or `['system']`. */
  ca: readonly string[]
  proxyUrl: string
  tlsServerName: string
}

export interface Decision {
  id: string
  /** ISO 8601, UTC. */
  date: string
  /** ISO 8601; the decision is void from then on. */
  expires?: string
  /** Used up by the first command that it lets through. */
  once?: boolean
  /** Given with --dangerous: lifts `block` reasons too, except loader and deception. */
  dangerous?: boolean
  pin: Pin
}

/** A CA seen at first use for a server that a vendor pattern or an entry without `ca` allows. */
export interface RecordedCa {
  server: string
  ca: readonly string[]
  date: string
}

/** Where a refused use was found: enough to find it again and to ask about it. */
export interface PendingUse {
  files: readonly string[]
  /** What the command line chose, as typed: the selection and the flags that bear on the pin. */
  flags: {context?: string | undefined; cluster?: string | undefined; user?: string | undefined; server?: string | undefined; tlsServerName?: string | undefined}
}

export interface Decisions {
  apiVersion: 'k121.dev/v1'
  kind: 'TrustDecisions'
  decisions: readonly Decision[]
  servers: readonly RecordedCa[]
}

export const NO_DECISIONS: Decisions = {apiVersion: 'k121.dev/v1', kind: 'TrustDecisions', decisions: [], servers: []}

/** One spelling of a pin, to compare and to hash: the order of keys is fixed here, not by whoever built the object. */
export function canonicalPin(pin: Pin): string {
  const env = pin.env.map(({name, sha256}) => [name, sha256])
  const script = pin.script === null ? null : [pin.script.sha256, pin.script.interpreter]
  return JSON.stringify([
    'k121-pin-1', pin.command, pin.path, pin.args, env, script, pin.file, pin.user, pin.server, pin.ca, pin.proxyUrl, pin.tlsServerName,
    ...(pin.clusterInfo === undefined ? [] : [pin.clusterInfo]),
  ])
}

/** The decision that covers a pin now, if any. `now` in ISO 8601. */
export function decisionFor(decisions: Decisions, pin: Pin, now: string): Decision | null {
  const wanted = canonicalPin(pin)
  const isLive = (decision: Decision): boolean => decision.expires === undefined || decision.expires > now
  return decisions.decisions.find(decision => isLive(decision) && canonicalPin(decision.pin) === wanted) ?? null
}

/**
 * Text → decisions. Written by us only, so anything unexpected means damage or
 * tampering: it is refused whole rather than read in part.
 *
 * @returns null where the text is not what we write
 */
export function parseDecisions(text: string): Decisions | null {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return null
  }
  return isDecisions(value) ? value : null
}

function isDecisions(value: unknown): value is Decisions {
  return (
    isObject(value) && value['apiVersion'] === 'k121.dev/v1' && value['kind'] === 'TrustDecisions' &&
    isList(value['decisions'], isDecision) && isList(value['servers'], isRecordedCa)
  )
}

function isDecision(value: unknown): value is Decision {
  return (
    isObject(value) && isText(value['id']) && isText(value['date']) && isPin(value['pin']) &&
    ['undefined', 'string'].includes(typeof value['expires']) &&
    ['undefined', 'boolean'].includes(typeof value['once']) && ['undefined', 'boolean'].includes(typeof value['dangerous'])
  )
}

function isPin(value: unknown): value is Pin {
  if (!isObject(value)) return false
  const texts = ['command', 'path', 'file', 'user', 'server', 'proxyUrl', 'tlsServerName']
  const script = value['script']
  return (
    texts.every(key => isText(value[key])) && ['undefined', 'string'].includes(typeof value['clusterInfo']) && isList(value['args'], isText) && isList(value['ca'], isText) &&
    isList(value['env'], isEnvPin) &&
    (script === null || (isObject(script) && isText(script['sha256']) && isText(script['interpreter'])))
  )
}

function isEnvPin(value: unknown): value is {name: string; sha256: string} {
  return isObject(value) && isText(value['name']) && isText(value['sha256'])
}

function isRecordedCa(value: unknown): value is RecordedCa {
  return isObject(value) && isText(value['server']) && isText(value['date']) && isList(value['ca'], isText)
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isText(value: unknown): value is string {
  return typeof value === 'string'
}

function isList<T>(value: unknown, isItem: (item: unknown) => item is T): value is T[] {
  return Array.isArray(value) && value.every(isItem)
}
