import type {Grade} from '../reason.js'

/** What a watched flag does; each is a reason id of its own. */
export type WatchId =
  | 'flag-runs-program'
  | 'flag-moves-token'
  | 'flag-writes-file'
  | 'flag-weakens-tls'
  | 'flag-moves-trust-anchor'
  | 'flag-hides-parameters'
  | 'flag-other-config'
  | 'flag-secret-inline'
  | 'flag-logs-secrets'
  | 'flag-opens-url'
  | 'flag-listens-publicly'
  | 'flag-reads-file'
  | 'flag-changes-behaviour'

/** A value that satisfies its rule takes the watch away; see `value-rules.ts`. */
export type ValueRule =
  | {kind: 'loopback'}
  | {kind: 'home'; tilde: boolean; emptyOk?: boolean}
  | {kind: 'hosts'; suffixes: readonly string[]}
  | {kind: 'one-of'; words: readonly string[]}
  | {kind: 'browser'}
  | {kind: 'cluster-server'}

export interface Watch {
  /** All spellings of one flag, the long one first. */
  flags: readonly string[]
  takes: 'value' | 'nothing'
  grade: Grade
  id: WatchId
  rule?: ValueRule
}

export type EnvRule =
  | {kind: 'home'}
  | {kind: 'not-shared'}
  | {kind: 'hosts'; suffixes: readonly string[]}
  | {kind: 'host'}
  | {kind: 'region'}
  | {kind: 'empty'}
  | {kind: 'schemes'; schemes: readonly string[]}
  | {kind: 'run-socket'}

/**
 * One credential helper: everything a stanza may say without being asked about.
 * Flags are lists of words separated by spaces; spellings of one flag are joined by `|`.
 */
export interface Helper {
  id: string
  vendor: string
  names: readonly string[]
  /** Positional words in order, flags taken out. An empty string: the program itself is the call. */
  calls: readonly string[]
  /** Free positional words after the call, `[least, most]`. */
  operands?: readonly [number, number]
  /** Operands are URLs that receive a credential. */
  operandHosts?: boolean
  values?: string
  /** Value flags that may repeat. */
  lists?: string
  switches?: string
  /** Only `--flag=value` is read with certainty: whether the flag takes a word is not known. */
  joined?: string
  /** Any flag with this start is accepted in its joined form. */
  prefixes?: readonly string[]
  watch?: readonly Watch[]
  /** At least one of these must be there. */
  requires?: readonly string[]
  /** Flags whose value is a URL or host the helper sends credentials to. */
  hosts?: string
  /** Flags whose value is never printed. */
  secrets?: string
  /** argparse: a long flag may be cut to any unambiguous prefix. */
  abbreviates?: boolean
  /** Everything after `--` is a command line of its own. */
  launcher?: boolean
  env?: readonly string[]
  envRules?: Readonly<Record<string, EnvRule>>
  envFlagged?: Readonly<Record<string, Grade>>
  /** Below the home directory, `/` as separator. */
  homes?: readonly string[]
  /** API servers where this helper's token normally goes; only vendor host names that are certain. */
  servers?: readonly string[]
  /** Host suffixes an installHint may point to. */
  sites?: readonly string[]
}

const watching = (takes: Watch['takes']) => (flag: string, grade: Grade, id: WatchId, rule?: ValueRule): Watch => ({
  flags: flag.split('|'),
  takes,
  grade,
  id,
  ...(rule === undefined ? {} : {rule}),
})

export const watchValue = watching('value')
export const watchSwitch = watching('nothing')

export const LOOPBACK: ValueRule = {kind: 'loopback'}
/** The helper expands a leading `~` itself. */
export const HOME_TILDE: ValueRule = {kind: 'home', tilde: true}
/** The helper takes `~` literally and would write below the working directory. */
export const HOME_LITERAL: ValueRule = {kind: 'home', tilde: false}
export const HOME_OR_EMPTY: ValueRule = {kind: 'home', tilde: false, emptyOk: true}

/** Go, Python and JavaScript AWS SDKs read the same names. */
export const AWS_ENV: readonly string[] = (
  'AWS_PROFILE AWS_DEFAULT_PROFILE AWS_REGION AWS_DEFAULT_REGION AWS_STS_REGIONAL_ENDPOINTS AWS_SDK_LOAD_CONFIG AWS_PAGER ' +
  'AWS_DEFAULT_OUTPUT AWS_USE_FIPS_ENDPOINT AWS_USE_DUALSTACK_ENDPOINT AWS_ROLE_ARN AWS_ROLE_SESSION_NAME ' +
  'AWS_EC2_METADATA_DISABLED AWS_MAX_ATTEMPTS AWS_RETRY_MODE AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN ' +
  'KUBERNETES_EXEC_INFO'
).split(' ')

export const AWS_ENV_RULES: Readonly<Record<string, EnvRule>> = {
  AWS_REGION: {kind: 'region'},
  AWS_DEFAULT_REGION: {kind: 'region'},
  AWS_PAGER: {kind: 'empty'},
}

export const EKS_SERVERS: readonly string[] = ['https://*.eks.amazonaws.com', 'https://*.eks.amazonaws.com.cn']
export const ENTRA_HOSTS: readonly string[] = [
  'login.microsoftonline.com',
  'login.microsoftonline.us',
  'login.partner.microsoftonline.cn',
  'login.chinacloudapi.cn',
]
