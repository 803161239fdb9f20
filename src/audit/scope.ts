import {isGlobMatch} from '../kube/glob.js'
import type {ObjectRef} from './finding.js'

/** What is reported. The cluster's own inputs (roles, webhooks, nodes) are read and judged whatever the scope. */
export interface Scope {
  /** Empty: all. */
  namespaces: readonly string[]
  /** Globs: `kube-*`. */
  excluded: readonly string[]
}

/** The namespace that an object belongs to; a Namespace belongs to itself, other cluster-scoped objects to none. */
export function homeOf({apiVersion, kind, namespace, name}: ObjectRef): string {
  return kind === 'Namespace' && apiVersion === 'v1' ? name : namespace
}

/** Cluster-scoped objects (no namespace) are always in. */
export function inScope(namespace: string, {namespaces, excluded}: Scope): boolean {
  if (namespace === '') return true
  if (namespaces.length > 0 && !namespaces.includes(namespace)) return false
  return !excluded.some(glob => isGlobMatch(glob, namespace))
}
