import {listAt, textsAt} from '../kube/field.js'
import type {KubeObject} from '../kube/json.js'

const GROUPS = ['policy', 'extensions']
const READING = ['get', 'list', 'watch']

/** A rule of a role that speaks of PodSecurityPolicies by name. */
export interface PspGrant {
  /** Index in `rules`. */
  index: number
  groups: readonly string[]
  verbs: readonly string[]
  /** Empty: all of them. */
  policies: readonly string[]
}

/** Wildcards grant them as well, but are nobody's leftover: they go on granting everything else. Nor is what only looks: monitoring and audits ask old and new servers by one role. */
export function pspGrantsOf(role: KubeObject): PspGrant[] {
  return listAt(role, 'rules').flatMap((rule, index) => {
    const groups = textsAt(rule, 'apiGroups')
    if (!textsAt(rule, 'resources').some(resource => resource.split('/')[0] === 'podsecuritypolicies')) return []
    if (!groups.some(group => group === '*' || GROUPS.includes(group))) return []
    if (textsAt(rule, 'verbs').every(verb => READING.includes(verb))) return []
    return [{index, groups: [...groups], verbs: [...textsAt(rule, 'verbs')], policies: [...textsAt(rule, 'resourceNames')]}]
  })
}
