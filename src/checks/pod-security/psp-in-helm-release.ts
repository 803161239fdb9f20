import {defineCheck} from '../../audit/check.js'
import type {ObjectRef, SourcePlace} from '../../audit/finding.js'
import type {HelmRevision} from '../../psp/helm-release.js'
import {HELM_TYPE, currentOf, revisionOf} from '../../psp/helm-release.js'
import {GONE_MINOR} from '../../psp/presence.js'
import {nameOf} from '../../kube/object.js'

interface Stored extends HelmRevision {
  secret: string
  place: SourcePlace | null
}

/**
 * Fires on Helm releases whose stored manifest holds a PodSecurityPolicy. Helm
 * compares the new manifest with the stored one and cannot build an object of
 * a kind that the server lacks, so upgrades fail from 1.25 on even when the new
 * chart has dropped it. Nothing of a release but the policies' names gets here.
 */
export const pspInHelmRelease = defineCheck({
  meta: {
    id: 'psp-in-helm-release',
    title: 'Helm release that still holds a PodSecurityPolicy',
    topic: 'pod-security',
    severity: 'medium',
    variants: {
      current: {severity: 'medium', title: 'In the revision that the next upgrade starts from'},
      history: {severity: 'low', title: 'Only in older revisions, to which a rollback would fail'},
    },
    reads: ['helm-secrets'],
    since: 21,
    why: 'From 1.25 on Helm stops with "no matches for kind PodSecurityPolicy" and the release cannot be upgraded any more, not even for a security fix.',
    remediation: 'Before the cluster goes to 1.25, upgrade the release with the policy switched off; afterwards the mapkubeapis plugin of Helm rewrites the stored manifest.',
    references: [
      {title: 'Helm: deprecated Kubernetes APIs', url: 'https://helm.sh/docs/topics/kubernetes_apis/'},
      {title: 'helm-mapkubeapis', url: 'https://github.com/helm/helm-mapkubeapis'},
    ],
  },

  create(context) {
    const releases = new Map<string, Stored[]>()
    return {
      'helm-secrets'(object) {
        const revision = revisionOf(object)
        const secret = nameOf(object)
        const key = `${revision.namespace}/${revision.name}`
        releases.set(key, [...(releases.get(key) ?? []), {...revision, secret, place: context.place(object, '')}])
      },
      end() {
        const minor = context.serverMinor()
        for (const [, revisions] of [...releases].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
          const current = currentOf(revisions)
          const holders = revisions.filter(({policies}) => policies.length > 0).toSorted((a, b) => b.revision - a.revision)
          const holder = current !== undefined && current.policies.length > 0 ? current : holders[0]
          if (holder === undefined) continue
          context.report({
            object: secretRef(holder), owner: releaseRef(holder), variant: holder === current ? 'current' : 'history', count: holders.length,
            path: 'data.release', message: messageOf(holder, holder === current, holders.length), source: holder.place,
            isLatent: minor !== null && minor < GONE_MINOR,
          })
        }
      },
    }
  },
})

function messageOf({name, revision, policies}: Stored, isCurrent: boolean, holders: number): string {
  const named = policies.filter(policy => policy !== '')
  const which = named.length === 0 ? 'a PodSecurityPolicy' : `the PodSecurityPolicy ${named[0]}${policies.length > 1 ? ` and ${policies.length - 1} more` : ''}`
  return isCurrent
    ? `The release ${name} (revision ${revision}) holds ${which}: from 1.25 on \`helm upgrade\` fails on it.`
    : `${holders === 1 ? 'An older revision' : `${holders} older revisions`} of the release ${name} (newest: ${revision}) ${holders === 1 ? 'holds' : 'hold'} ${which}: from 1.25 on a rollback to it fails.`
}

function secretRef({namespace, secret}: Stored): ObjectRef {
  return {apiVersion: 'v1', kind: 'Secret', namespace, name: secret}
}

/** What a person upgrades; a revision's Secret has a new name each time. */
function releaseRef({namespace, name}: Stored): ObjectRef {
  return {apiVersion: HELM_TYPE, kind: 'Release', namespace, name}
}
