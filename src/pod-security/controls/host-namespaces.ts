import type {Pod} from '../pod-shape.js'
import type {Control} from './rule.js'

const FIELDS = ['hostNetwork', 'hostPID', 'hostIPC'] as const

const shared = ({spec}: Pod): (typeof FIELDS)[number][] => FIELDS.filter(field => spec[field] === true)

export const hostNamespaces: Control = {
  id: 'hostNamespaces',
  level: 'baseline',
  windows: [{
    from: 0,
    isBroken: ({spec}) => spec.hostNetwork === true || spec.hostPID === true || spec.hostIPC === true,
    explain: pod => ({
      reason: 'host namespaces', detail: shared(pod).map(field => `${field}=true`).join(', '),
      violations: shared(pod).map(field => ({path: `spec.${field}`, container: null, current: true, wanted: 'false'})),
    }),
  }],
}
