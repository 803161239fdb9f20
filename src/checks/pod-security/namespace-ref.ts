import type {ObjectRef} from '../../audit/finding.js'

export function namespaceRef(name: string): ObjectRef {
  return {apiVersion: 'v1', kind: 'Namespace', namespace: '', name}
}
