import {defineFact} from '../audit/fact.js'
import type {KubeObject} from '../kube/json.js'
import {textAt} from '../kube/field.js'
import {flagValues} from '../kube/command-flags.js'
import {isLiveApiServer} from '../kube/pod.js'
import {platform} from '../network/platform.js'
import {apiServerContainerOf, namesIn} from '../audit/admission-flags.js'

/** Authorizers of which the API shows nothing, and which clouds put beside RBAC. */
const CLOUDS: ReadonlyMap<string, string> = new Map([
  // container.services.update and updateStatus are permissions of Google's IAM.
  ['gke', 'IAM of Google Cloud'],
  ['eks', 'access policies of EKS'],
  ['aks', 'Azure RBAC'],
  ['microk8s', 'AlwaysAllow, which stands where MicroK8s has its add-on rbac off,'],
])

/** They grant nothing that RBAC objects do not show; `Node` grants kubelets nothing about Services. OpenShift's others narrow tokens, let in who is in system:masters, and keep old kubelets out. */
const PLAIN: readonly string[] = ['RBAC', 'Node', 'AlwaysDeny', 'Scope', 'SystemMasters', 'MinimumKubeletVersion']

/**
 * What else may allow a request, besides the RBAC that anybody can read: one
 * authorizer that says yes is enough. Empty: nothing that we know of.
 */
export const otherAuthorizers = defineFact({
  id: 'other-authorizers',
  reads: ['flagz', 'control-plane-pods'],
  needs: [platform],
  create(context) {
    const found = new Set<string>()
    let isSeen = false
    const keep = (texts: readonly string[] | null): void => {
      isSeen ||= texts !== null
      texts?.forEach(text => found.add(text))
    }
    return {
      flagz(object) {
        const modes = textAt(object, 'flags', MODE)
        if (modes !== undefined) keep(authorizersIn(namesIn(modes), textAt(object, 'flags', CONFIG) ?? ''))
      },
      'control-plane-pods'(pod) {
        if (isLiveApiServer(pod)) keep(authorizersOf(pod))
      },
      end(): string[] {
        // Flags tell more than a name: EKS Anywhere has the kubelets of EKS, and RBAC alone.
        const cloud = isSeen ? undefined : CLOUDS.get(context.fact(platform)?.name ?? '')
        return [...(cloud === undefined ? [] : [cloud]), ...[...found].toSorted()]
      },
    }
  },
})

const MODE = 'authorization-mode'
const CONFIG = 'authorization-config'

/** Null for a pod that does not show them. */
function authorizersOf(pod: KubeObject): string[] | null {
  const container = apiServerContainerOf(pod)
  if (container === undefined) return null
  return authorizersIn(flagValues(container, MODE).flatMap(namesIn), flagValues(container, CONFIG).join(' '))
}

/** A file takes the place of the modes; without either everything is allowed. */
function authorizersIn(modes: readonly string[], file: string): string[] {
  if (file !== '') return ['the file of --authorization-config']
  if (modes.length === 0) return ['AlwaysAllow (the default of kube-apiserver)']
  return modes.filter(mode => !PLAIN.includes(mode)).map(mode => (mode.includes('$') ? 'a mode that only the API server\'s environment tells' : mode))
}
