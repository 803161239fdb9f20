import {OddField, flagAt, listAt, textAt, textsAt} from '../../kube/field.js'
import type {Json} from '../../kube/json.js'
import {isGlobMatch} from '../../kube/glob.js'
import {jsonOf} from '../../kubeconfig/node-json.js'
import {readYaml} from '../../kubeconfig/read-yaml.js'

/** k-rail's `config.yml`: which policies act, and how (cruise-automation/k-rail server/policies.go, policies/exemption.go, read at the last commit). */
export interface KRailConfig {
  cluster: string
  /** Namespaces that it leaves alone. */
  ignored: readonly string[]
  /** What becomes of a violation, by policy; a policy that is not named only reports. */
  action(policy: string): 'refused' | 'audited' | 'off'
}

export interface KRailExemption {
  cluster: string
  /** Of a pod, or of what controls it: a star always stands at its end. */
  resource: string
  namespace: string
  user: string
  group: string
  policies: readonly string[]
}

/** Null: it is not understood. */
export function readKRailConfig(text: string): KRailConfig | null {
  return understood(text, root => {
    const isReportOnly = flagAt(root, 'global_report_only') === true
    const actions = new Map<string, 'refused' | 'audited' | 'off'>()
    // One that is named twice is registered twice, and refuses if either does.
    for (const entry of listAt(root, 'policies')) {
      const name = textAt(entry, 'name') ?? ''
      const action = flagAt(entry, 'enabled') !== true ? 'off' : isReportOnly || flagAt(entry, 'report_only') === true ? 'audited' : 'refused'
      actions.set(name, strongest(actions.get(name) ?? 'off', action))
    }
    return {cluster: textAt(root, 'cluster_name') ?? '', ignored: textsAt(root, 'blacklisted_namespaces'), action: policy => actions.get(policy) ?? 'audited'}
  })
}

export function readKRailExemptions(text: string): KRailExemption[] | null {
  return understood(text, root => listAt({root: root ?? null}, 'root').map(entry => {
    const field = (name: string): string => textAt(entry, name) || '*'
    const resource = textAt(entry, 'resource_name') ?? ''
    const policies = textsAt(entry, 'exempt_policies')
    return {
      cluster: field('cluster_name'), namespace: field('namespace'), user: field('username'), group: field('group'),
      resource: resource.endsWith('*') ? resource : `${resource}*`, policies: policies.length === 0 ? ['*'] : policies,
    }
  }))
}

function understood<T>(text: string, read: (root: Json | undefined) => T): T | null {
  const document = readYaml(new TextEncoder().encode(text))
  if (!document.ok) return null
  try {
    return read(jsonOf(document.root) as Json)
  } catch (error) {
    if (error instanceof OddField) return null
    throw error
  }
}

function strongest(one: 'refused' | 'audited' | 'off', other: 'refused' | 'audited' | 'off'): 'refused' | 'audited' | 'off' {
  return (['refused', 'audited'] as const).find(action => one === action || other === action) ?? 'off'
}

/** Its patterns have sets and alternatives too; where such a one stands it is taken to match, for it may. */
export function mayMatch(pattern: string, text: string): boolean {
  return /[[\]{}\\]/.test(pattern) || isGlobMatch(pattern, text)
}
