import {isShadowed, type Path} from './flag-arity.js'
import type {UsedFlag} from './flag-parse.js'

/** The connection flags of one reading. Not given: absent. Given twice: the last. `--user=` is the empty string. */
export interface Connection {
  kubeconfig?: string
  context?: string
  cluster?: string
  user?: string
  server?: string
  token?: string
  username?: string
  password?: string
  clientCertificate?: string
  clientKey?: string
  certificateAuthority?: string
  tlsServerName?: string
  /** As written: `true`, `false`, `1`, … */
  insecureSkipTlsVerify?: string
  namespace?: string
  as?: string
  /** --as-group, --as-uid or --as-user-extra was given. */
  asOther: boolean
  kuberc?: string
  cacheDir?: string
  requestTimeout?: string
}

type Field = Exclude<keyof Connection, 'asOther'>

/** Flags that choose the file, the server or the credential. A snapshot answers for these, for no other flag. */
const CHOOSING = ' kubeconfig context cluster user server token username password client-certificate client-key '
  + 'certificate-authority tls-server-name insecure-skip-tls-verify kuberc '
const OTHER = ' namespace as cache-dir request-timeout '

/**
 * What of a command line a verdict and a snapshot rest on. Flags that only say
 * what to do there (namespace, timeout, impersonation) make no other verdict.
 */
export function choiceOf({context, cluster, user, server, certificateAuthority, tlsServerName, insecureSkipTlsVerify, token, username, clientCertificate}: Connection): unknown[] {
  return [context, cluster, user, server, certificateAuthority, tlsServerName, insecureSkipTlsVerify, Boolean(token), Boolean(username), Boolean(clientCertificate)]
}

const camelCase = (name: string): string => name.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase())

export const isChoosing = (name: string): boolean => name !== '' && !name.includes(' ') && CHOOSING.includes(` ${name} `)

export function connectionOf(flags: readonly UsedFlag[], path: Path): Connection {
  const connection: Connection = {asOther: false}
  for (const {name, value} of flags) {
    if (isShadowed(path, name)) continue
    if (/^as-(group|uid|user-extra)$/.test(name)) connection.asOther = true
    else if (isChoosing(name) || (/^[a-z-]+$/.test(name) && OTHER.includes(` ${name} `))) connection[camelCase(name) as Field] = value
  }

  return connection
}
