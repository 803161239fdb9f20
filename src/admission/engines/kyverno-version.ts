import {defineFact} from '../../audit/fact.js'
import {labelsOf, nameOf} from '../../kube/object.js'

/** Version of Kyverno's admission controller, from the labels of its Deployment; null where nothing tells. */
export const kyvernoVersion = defineFact({
  id: 'kyverno-version',
  reads: ['deployments'],
  create() {
    let version: string | null = null
    return {
      deployments(deployment) {
        const labels = labelsOf(deployment)
        if (labels['app.kubernetes.io/part-of'] !== 'kyverno' && nameOf(deployment) !== 'kyverno') return
        version = versionIn(labels) ?? version
      },
      end: (): string | null => version,
    }
  },
})

/** `v1.13.1` of a version label; a chart's own number is another one. */
export function versionIn(labels: Readonly<Record<string, string>>): string | null {
  const found = labels['app.kubernetes.io/version'] ?? ''
  return /^v?\d+\.\d+/.test(found) ? found.replace(/^v/, '') : null
}

/** 1.13.0 to 1.13.2 do not refuse where `Enforce` stands beside overrides. */
export function losesEnforceWithOverrides(version: string | null): boolean | null {
  return version === null ? null : /^1\.13\.[012](?:\D|$)/.test(version)
}
