import {createHash} from 'node:crypto'
import {groupOf} from '../kube/object.js'
import type {ObjectRef} from './finding.js'

export interface Identity {
  check: string
  variant: string
  /** The top owner, or the object itself. */
  object: ObjectRef
  /** Stands in for the name where a controller made it up. */
  generateName: string
  key: string
}

/**
 * What makes a finding the same one tomorrow and on another cluster. No uid,
 * index, severity, message or version goes in: those change while the danger
 * stays.
 */
export function fingerprintOf({check, variant, object, generateName, key}: Identity): string {
  const parts = [check, variant, `${groupOf(object)}/${object.kind}`, object.namespace, generateName === '' ? object.name : generateName, key]
  return `k1:${createHash('sha256').update(parts.join('\n')).digest('hex').slice(0, 32)}`
}
