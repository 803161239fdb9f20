import type {Container} from '../pod-shape.js'
import {containersNamed, containersThat, inOrder, namesOf, plural} from '../words.js'
import type {Control} from './rule.js'

function hostPortsOf({ports}: Container): {index: number; port: number}[] {
  return (ports ?? []).flatMap((one, index) => (isHostPort(one?.hostPort) ? [{index, port: one?.hostPort ?? 0}] : []))
}

const isHostPort = (port: number | null | undefined): boolean => port !== undefined && port !== null && port !== 0
const takesPort = ({ports}: Container): boolean => ports?.some(one => isHostPort(one?.hostPort)) === true

export const hostPorts: Control = {
  id: 'hostPorts',
  level: 'baseline',
  windows: [{
    from: 0,
    isBroken: pod => pod.containers.some(takesPort),
    explain: pod => {
      const bad = containersThat(pod, takesPort)
      // Sorted as the texts they are by then: 10, 20, 30, 9.
      const ports = inOrder(bad.flatMap(({container}) => hostPortsOf(container).map(({port}) => String(port))))
      return {
        reason: 'hostPort',
        detail: `${containersNamed(namesOf(bad))} ${plural('uses', 'use', bad.length)} ${plural('hostPort', 'hostPorts', ports.length)} ${ports.join(', ')}`,
        violations: bad.flatMap(({place, name, container}) => hostPortsOf(container).map(({index, port}) => ({path: `${place}.ports[${index}].hostPort`, container: name, current: port, wanted: 'unset'}))),
      }
    },
  }],
}
