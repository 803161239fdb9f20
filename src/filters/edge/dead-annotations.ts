import type {KubeObject} from '../../kube/json.js'
import {annotationsOf} from '../../kube/object.js'

export interface DeadAnnotation {
  name: string
  value: string
  /** Why nobody reads it: a clause. */
  because: string
  /** What to write instead. */
  instead: string
}

/**
 * Annotations that look like a filter and that nobody reads any more, or ever
 * did. Sources: `annotations.go` of Traefik takes `router.…` and `service.…` alone
 * since 2.0; `ip_access_control.go` of Higress knows the allow list alone, though
 * its guide for people who come from nginx names the deny list too.
 */
const DEAD: Readonly<Record<string, Omit<DeadAnnotation, 'name' | 'value'>>> = {
  'traefik.ingress.kubernetes.io/whitelist-source-range': {
    because: 'Traefik reads it in version 1 only',
    instead: 'Write a Middleware with ipAllowList, and name it in traefik.ingress.kubernetes.io/router.middlewares.',
  },
  'higress.io/blacklist-source-range': {because: 'Higress reads allow lists only', instead: 'Write an allow list, higress.io/whitelist-source-range.'},
  'higress.io/denylist-source-range': {because: 'Higress reads allow lists only', instead: 'Write an allow list, higress.io/whitelist-source-range.'},
}

export function deadAnnotationsOf(object: KubeObject): DeadAnnotation[] {
  return Object.entries(annotationsOf(object)).flatMap(([name, value]) => {
    const dead = Object.hasOwn(DEAD, name) ? DEAD[name] : undefined
    return dead === undefined || value.trim() === '' ? [] : [{name, value, ...dead}]
  })
}
