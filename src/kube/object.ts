import {OddField, flagAt, listAt, mappingAt, textAt} from './field.js'
import type {KubeObject} from './json.js'

export function nameOf(object: KubeObject): string {
  return textAt(object, 'metadata', 'name') ?? ''
}

/** Empty for cluster-scoped objects, and for manifests that leave the namespace to whoever applies them. */
export function namespaceOf(object: KubeObject): string {
  return textAt(object, 'metadata', 'namespace') ?? ''
}

/** `payments/cache-vip`, or the name alone. */
export function keyOf(object: KubeObject): string {
  const namespace = namespaceOf(object)
  return namespace === '' ? nameOf(object) : `${namespace}/${nameOf(object)}`
}

export function labelsOf(object: KubeObject): Readonly<Record<string, string>> {
  return stringsOf(object, 'labels')
}

/** The API server sets it on every namespace since 1.21; files may lack it. */
export const NAME_LABEL = 'kubernetes.io/metadata.name'

export function namespaceLabelsOf(namespace: KubeObject): Readonly<Record<string, string>> {
  return {...labelsOf(namespace), [NAME_LABEL]: nameOf(namespace)}
}

export function annotationsOf(object: KubeObject): Readonly<Record<string, string>> {
  return stringsOf(object, 'annotations')
}

function stringsOf(object: KubeObject, field: 'labels' | 'annotations'): Readonly<Record<string, string>> {
  const mapping = mappingAt(object, 'metadata', field)
  for (const [name, value] of Object.entries(mapping))
    if (typeof value !== 'string') throw new OddField(`metadata.${field}[${JSON.stringify(name)}]`, 'a string')
  return mapping as Readonly<Record<string, string>>
}

/** The owner with `controller: true`, if any: its kind, name and uid. */
export function controllerOf(object: KubeObject): {apiVersion: string; kind: string; name: string; uid: string} | null {
  for (const reference of listAt(object, 'metadata', 'ownerReferences')) {
    if (flagAt(reference, 'controller') !== true) continue
    return {
      apiVersion: textAt(reference, 'apiVersion') ?? '', kind: textAt(reference, 'kind') ?? '',
      name: textAt(reference, 'name') ?? '', uid: textAt(reference, 'uid') ?? '',
    }
  }
  return null
}

/** API group of an object: `apps` of `apps/v1`, empty for the core group. */
export function groupOf({apiVersion}: {apiVersion: string}): string {
  const slash = apiVersion.indexOf('/')
  return slash === -1 ? '' : apiVersion.slice(0, slash)
}
