import {OddField, numberAt, textAt, textsAt} from '../kube/field.js'
import type {Json, KubeObject} from '../kube/json.js'
import {labelsOf, nameOf, namespaceOf} from '../kube/object.js'
import {policiesInManifest} from './helm-manifest.js'

export const HELM_TYPE = 'helm.sh/release.v1'

/** What is kept of one revision of a release; its values, notes and files are not. */
export interface HelmRevision {
  name: string
  namespace: string
  revision: number
  /** `deployed`, `superseded`, `failed`, … */
  status: string
  /** PodSecurityPolicies in its manifest. */
  policies: readonly string[]
}

/**
 * A release Secret as checks see it: still a Secret by its type and name, but
 * in place of the data only what this topic asks for, or why it could not be
 * told. Made by the sources, so that nothing of a release gets further.
 */
export function summaryOfRelease(secret: KubeObject, release: Json): KubeObject {
  const info = {
    name: textAt(release, 'name') ?? labelsOf(secret)['name'] ?? '',
    revision: numberAt(release, 'version') ?? 0,
    status: textAt(release, 'info', 'status') ?? labelsOf(secret)['status'] ?? '',
    policies: policiesInManifest(textAt(release, 'manifest') ?? ''),
  }
  return {...shellOf(secret), release: info}
}

export function unreadableRelease(secret: KubeObject, problem: string): KubeObject {
  return {...shellOf(secret), problem}
}

function shellOf(secret: KubeObject): KubeObject {
  return {apiVersion: secret.apiVersion, kind: secret.kind, type: HELM_TYPE, metadata: {namespace: namespaceOf(secret), name: nameOf(secret)}}
}

/** What a summary says; a Secret that no source has turned into one is not understood. */
export function revisionOf(summary: KubeObject): HelmRevision {
  const problem = textAt(summary, 'problem')
  if (problem !== undefined || summary['release'] === undefined) throw new OddField('data.release', `a Helm release (${problem ?? 'it was not unpacked'})`)
  return {
    name: textAt(summary, 'release', 'name') ?? '', namespace: namespaceOf(summary), revision: numberAt(summary, 'release', 'revision') ?? 0,
    status: textAt(summary, 'release', 'status') ?? '', policies: textsAt(summary, 'release', 'policies'),
  }
}

/**
 * The revision whose manifest `helm upgrade` reads first (action/upgrade.go):
 * the newest deployed one; without any, the last.
 */
export function currentOf<T extends Pick<HelmRevision, 'revision' | 'status'>>(revisions: readonly T[]): T | undefined {
  const newest = revisions.toSorted((a, b) => b.revision - a.revision)
  return newest.find(({status}) => status === 'deployed') ?? newest[0]
}
