import {defineCheck} from '../../audit/check.js'
import {podWebhooks} from '../../admission/pod-security/pod-webhooks.js'
import type {PodWebhook} from '../../admission/pod-security/pod-webhooks.js'
import {listAt, textAt} from '../../kube/field.js'
import {namespaceOf} from '../../kube/object.js'
import {shortList} from '../../kube/short-list.js'
import {BASELINE_CONTROLS} from '../../pod-security/control.js'
import {injectedIn} from '../../pod-security/workload-fits.js'
import type {WorkloadLevel} from '../../pod-security/workload-gather.js'
import {workloadLevels} from '../../pod-security/workload-levels.js'
import {GONE_MINOR} from '../../psp/presence.js'
import {counted} from '../../kube/counted.js'
import {namespaceRef} from './namespace-ref.js'

/**
 * Fires where pods fail a control that their template passes: something between
 * the two put in a container or changed a field, mostly a mutating webhook. It
 * keeps a namespace from a level, and nobody who looks at the workload finds it.
 * Told by namespace and container, never of the workload. Low where baseline is
 * lost, information where restricted is. Ephemeral containers are left out, for
 * a person puts those in; pods of a template before the last look the same, so a
 * field that differs is weak evidence.
 */
export const injectedContainer = defineCheck({
  meta: {
    id: 'injected-container',
    title: 'Pods that fail a control which their template passes',
    topic: 'pod-security',
    severity: 'low',
    variants: {
      baseline: {severity: 'low', title: 'A container that is in no template breaks baseline'},
      restricted: {severity: 'info', title: 'A container that is in no template breaks restricted'},
      changed: {severity: 'info', title: 'A field that is not so in the template breaks a level'},
    },
    reads: ['pods'],
    alsoReads: ['mutatingwebhookconfigurations'],
    why: 'The level that a namespace can have is that of its pods, whoever put into them what is there.',
    remediation: 'Look for a setting of the injector that needs less (a CNI plugin in place of an init container, its own security context), not at the workload.',
    references: [
      {title: 'Dynamic admission control', url: 'https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/'},
      {title: 'Istio: the CNI node agent, in place of a privileged init container', url: 'https://istio.io/latest/docs/setup/additional-setup/cni/'},
    ],
  },
  needs: [workloadLevels, podWebhooks],

  create(context) {
    const ephemeral = new Set<string>()
    return {
      pods(pod) {
        for (const container of listAt(pod, 'spec', 'ephemeralContainers')) ephemeral.add(`${namespaceOf(pod)}\n${textAt(container, 'name') ?? ''}`)
      },
      end() {
        const {workloads, server} = context.fact(workloadLevels)
        const injectors = context.fact(podWebhooks).filter(({webhook, operations}) => webhook.isMutating && operations.includes('create'))
        for (const group of groupsOf(workloads, server, ephemeral)) {
          const {namespace, container, pods} = group
          context.report({
            object: namespaceRef(namespace), variant: variantOf(group), key: container ?? '', count: pods, confidence: container === null ? 'weak' : 'derived',
            message: `${whatOf(group)}; ${candidates(injectors, namespace, (context.serverMinor() ?? GONE_MINOR) < GONE_MINOR)}.`,
          })
        }
        context.skipUnread('mutatingwebhookconfigurations', context.outcome('mutatingwebhookconfigurations'))
      },
    }
  },
})

interface Group {
  namespace: string
  /** Null: fields of what the template has too. */
  container: string | null
  path: string
  controls: Set<string>
  pods: number
  owners: Set<string>
}

function groupsOf(workloads: readonly WorkloadLevel[], server: number, ephemeral: ReadonlySet<string>): Iterable<Group> {
  const groups = new Map<string, Group>()
  for (const workload of workloads) {
    const {owner: {namespace, kind, name}, pods} = workload
    const rules = {minor: server, server}
    for (const {control, path, containers} of [...injectedIn(workload, 'baseline', rules), ...injectedIn(workload, 'restricted', rules)]) {
      const own = containers.filter(one => !ephemeral.has(`${namespace}\n${one}`))
      if (containers.length > 0 && own.length === 0) continue
      for (const container of own.length === 0 ? [null] : own) {
        const key = `${namespace}\n${container ?? ''}`
        const group = groups.get(key) ?? {namespace, container, path, controls: new Set<string>(), pods: 0, owners: new Set<string>()}
        groups.set(key, group)
        group.controls.add(control)
        if (!group.owners.has(`${kind} ${name}`)) group.pods += pods
        group.owners.add(`${kind} ${name}`)
      }
    }
  }
  return groups.values()
}

function ofBaseline({controls}: Group): string[] {
  return [...controls].filter(control => (BASELINE_CONTROLS as readonly string[]).includes(control))
}

function variantOf(group: Group): string {
  if (group.container === null) return 'changed'
  return ofBaseline(group).length > 0 ? 'baseline' : 'restricted'
}

function whatOf(group: Group): string {
  const {container, path, controls, pods, owners} = group
  const worst = ofBaseline(group)
  const where = `pods of ${shortList([...owners].toSorted(), 2)}`
  const what = container === null ? `${controls.size > 1 ? 'Something' : path === '' ? 'A field' : path} of ${where} is not so in their templates` : `The container ${container} in ${where} is in none of their templates`
  return `${what} and breaks ${shortList((worst.length > 0 ? worst : [...controls]).toSorted(), 3)} (up to ${counted(pods, 'pod')})`
}

/** Who is asked about new pods there and may change them. */
function candidates(injectors: readonly PodWebhook[], namespace: string, hasPolicies: boolean): string {
  const here = injectors.filter(({namespaces}) => namespaces === null || namespaces.includes(namespace))
  const names = [...new Set(here.map(({webhook}) => webhook.configuration))].toSorted()
  if (names.length === 0) return hasPolicies ? 'no mutating webhook is asked about pods there: a PodSecurityPolicy, or a template before the last' : 'no mutating webhook is asked about pods there: a template before the last, or somebody who changed the pods'
  return `${names.length === 1 ? 'the mutating webhook configuration' : 'one of the mutating webhook configurations'} ${shortList(names, 3)} may do it`
}
