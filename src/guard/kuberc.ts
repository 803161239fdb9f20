import {DecodeError, Field} from '../kubeconfig/decode.js'
import {readYaml} from '../kubeconfig/read-yaml.js'
import {quote} from '../printable.js'

/**
 * kubectl's preferences file (1.33+), as far as it can redirect a command.
 * Its `defaults` can set any flag (kubeconfig, server, token) and an alias can
 * append flags that beat explicit ones, so while the guard runs kubectl with
 * KUBERC=off a file that would have touched this command must stop it: dropping
 * a person's `delete --interactive` silently would be worse than refusing.
 */
export interface Kuberc {
  /** Last words of commands that have defaults (kubectl ≤ 1.36 matches on the last word alone), and alias names. */
  touches: readonly string[]
  policy: 'AllowAll' | 'DenyAll' | 'Allowlist'
  /** Commands of the allowlist, as written. */
  allowlist: readonly string[]
}

export type KubercResult = {ok: true; kuberc: Kuberc} | {ok: false; message: string; line: number}

export const NO_KUBERC: Kuberc = {touches: [], policy: 'AllowAll', allowlist: []}

/** Strict where kubectl is lenient: kubectl's default path fails open on every defect, so a defect refuses here. */
export function parseKuberc(bytes: Uint8Array): KubercResult {
  const read = readYaml(bytes)
  if (!read.ok) return {ok: false, message: read.failure.message, line: read.failure.line}
  try {
    return {ok: true, kuberc: decode(new Field(read.root, [], read.root))}
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error
    return {ok: false, message: error.message, line: error.line}
  }
}

function decode(top: Field): Kuberc {
  const known = ['apiVersion', 'kind', 'defaults', 'overrides', 'aliases', 'credentialPluginPolicy', 'credentialPluginAllowlist']
  const stranger = top.keys().find(key => !known.includes(key))
  if (stranger !== undefined) top.get(stranger).fail(`one of the keys ${known.join(', ')}; ${quote(stranger)} is not`)
  const commands = [...top.get('defaults').items(), ...top.get('overrides').items()].map(item => lastWord(item.get('command').string()))
  const aliases = top.get('aliases').items().map(item => item.get('name').string())
  const policyField = top.get('credentialPluginPolicy')
  const policy = (['AllowAll', 'DenyAll', 'Allowlist'] as const).find(word => word === (policyField.string() || 'AllowAll'))
  return {
    touches: [...commands, ...aliases].filter(word => word !== ''),
    policy: policy ?? policyField.fail('AllowAll, DenyAll or Allowlist'),
    allowlist: top.get('credentialPluginAllowlist').items().map(item => item.get('command').string() || item.get('name').string()),
  }
}

function lastWord(command: string): string {
  return command.trim().split(/\s+/).at(-1) ?? ''
}

/**
 * Is the person's own kuberc policy stricter about this plugin than ours?
 * kubectl compares what LookPath finds, exactly; a bare entry means whatever
 * PATH finds now.
 */
export function isAllowedByKuberc(kuberc: Kuberc, command: string, path: string): boolean {
  if (kuberc.policy === 'AllowAll') return true
  if (kuberc.policy === 'DenyAll') return false
  return kuberc.allowlist.some(entry => entry === path || entry === command)
}
