import type {JsonObject} from '../../kube/json.js'

export const FIX_TARGETS = ['deny-plugin', 'vap', 'gatekeeper', 'kyverno'] as const
export type FixTarget = (typeof FIX_TARGETS)[number]

/** What a person applies, or a flag that they set. It says of itself what it does, what it leaves open, and how it is taken back. */
export interface FixDocument {
  /** Name of the file, without a directory. */
  file: string
  does: string
  leavesOpen: readonly string[]
  undo: string
  /** Further lines of advice: where to put it, in which order. */
  advice: readonly string[]
  /** An object, or a text that is no YAML of Kubernetes'. */
  body: JsonObject | string
}

export interface Fix {
  documents: readonly FixDocument[]
  /** What could not be read, or cannot be closed this way: the fix is incomplete. */
  warnings: readonly string[]
  /** Said, and nothing hangs on it. */
  notes: readonly string[]
}

export const POLICY_NAMES = {spec: 'k121-external-ips', status: 'k121-load-balancer-status'} as const

export const SPEC_MESSAGE = 'A Service may not gain external IPs (CVE-2020-8554): it keeps those that it has'
export const STATUS_MESSAGE = 'Only load-balancer controllers may add load-balancer addresses to the status of a Service (CVE-2020-8554)'
