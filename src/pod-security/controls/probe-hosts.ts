import type {Container, Handler} from '../pod-shape.js'
import {containersNamed, containersThat, inOrder, namesOf, plural, quoted} from '../words.js'
import type {Control} from './rule.js'

type MaybeHandler = Handler | null | undefined

function handlersOf({livenessProbe, readinessProbe, startupProbe, lifecycle}: Container): [path: string, handler: MaybeHandler][] {
  return [
    ['livenessProbe', livenessProbe], ['readinessProbe', readinessProbe], ['startupProbe', startupProbe],
    ['lifecycle.postStart', lifecycle?.postStart], ['lifecycle.preStop', lifecycle?.preStop],
  ]
}

function hostsOf(container: Container): {path: string; host: string}[] {
  return handlersOf(container).flatMap(([path, handler]) => (['httpGet', 'tcpSocket'] as const).flatMap(action => {
    const host = handler?.[action]?.host ?? ''
    return host === '' ? [] : [{path: `${path}.${action}.host`, host}]
  }))
}

const hasHost = (container: Container): boolean => hostsOf(container).length > 0

export const hostProbesAndHostLifecycle: Control = {
  id: 'hostProbesAndHostLifecycle',
  level: 'baseline',
  windows: [{
    from: 34,
    isBroken: pod => pod.containers.some(hasHost),
    explain: pod => {
      const bad = containersThat(pod, hasHost)
      // Here alone the names are sorted, and each is said once.
      const names = inOrder(namesOf(bad))
      const hosts = inOrder(bad.flatMap(({container}) => hostsOf(container).map(({host}) => host)))
      return {
        reason: 'probe or lifecycle host',
        detail: `${containersNamed(names)} ${plural('uses', 'use', names.length)} ${plural('probe or lifecycle host', 'probe or lifecycle hosts', hosts.length)} ${quoted(hosts)}`,
        violations: bad.flatMap(({place, name, container}) => hostsOf(container).map(({path, host}) => ({path: `${place}.${path}`, container: name, current: host, wanted: 'unset'}))),
      }
    },
  }],
}
