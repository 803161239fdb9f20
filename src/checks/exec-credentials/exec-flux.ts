import type {CheckContext} from '../../audit/check.js'
import {defineCheck} from '../../audit/check.js'
import {OddField, pathOf, textAt} from '../../kube/field.js'
import type {KubeObject} from '../../kube/json.js'
import {keyOf, namespaceOf} from '../../kube/object.js'
import {secretBytes} from '../../kube/secret-data.js'
import {usesOfKubeconfig} from './exec-use.js'
import {EXEC_REFERENCES, execVariants, reportUse} from './report-use.js'

const GUARDED = {
  exec: ' Since 0.29 it does so only with --insecure-kubeconfig-exec.',
  connection: ' Since 0.29 it leaves the check out only with --insecure-kubeconfig-tls.',
} as const

/**
 * Fires on the kubeconfig Secrets that Kustomizations and HelmReleases name.
 * Flux has refused exec since CVE-2022-24817 unless a flag of the controller
 * allows it, which the API does not show; so these are one step less grave.
 */
export const execFlux = defineCheck({
  meta: {
    id: 'exec-flux',
    title: 'Flux kubeconfig with a program nobody vouches for',
    topic: 'exec-credentials',
    severity: 'medium',
    variants: execVariants('medium', 'low', 'low'),
    reads: ['flux-secrets'],
    alsoReads: ['kustomizations', 'helmreleases'],
    why: 'A tenant who may write the Secret chooses a program that the Flux controller runs with its own rights, where it is old or told to.',
    remediation: 'Use a kubeconfig with a token or client certificate, or a configMapRef with workload identity; keep --insecure-kubeconfig-exec off.',
    references: [{title: 'Flux: kubeconfigs of remote clusters', url: 'https://fluxcd.io/flux/components/kustomize/kustomizations/#kubeconfig-reference'}, ...EXEC_REFERENCES],
  },

  create(context) {
    /** Keys that are read of each Secret; '' stands for the default. */
    const wanted = new Map<string, Set<string>>()
    const note = (object: KubeObject): void => {
      const name = textAt(object, 'spec', 'kubeConfig', 'secretRef', 'name')
      if (name === undefined) return
      const secret = `${namespaceOf(object)}/${name}`
      wanted.set(secret, (wanted.get(secret) ?? new Set()).add(textAt(object, 'spec', 'kubeConfig', 'secretRef', 'key') ?? ''))
    }
    return {
      kustomizations: note,
      helmreleases: note,
      end() {
        // Who names the Secrets does not exist here, so nobody uses one.
        if ((['kustomizations', 'helmreleases'] as const).every(key => context.outcome(key).outcome === 'not-served')) context.notApplicable('the server has none of the APIs of Flux')
      },
      'flux-secrets'(secret) {
        // One key that cannot be read must not hide what stands under another: each is judged, and the mistake told at the end.
        const odd: OddField[] = []
        const judged = new Set<string>()
        for (const named of wanted.get(keyOf(secret)) ?? ['']) {
          try {
            const key = keyIn(secret, named)
            if (!judged.has(key)) judgeKey(context, secret, key)
            judged.add(key)
          } catch (error) {
            if (!(error instanceof OddField)) throw error
            odd.push(error)
          }
        }
        if (odd[0] !== undefined) throw odd[0]
      },
    }
  },
})

function judgeKey(context: CheckContext, secret: KubeObject, key: string): void {
  const path = pathOf(['data', key])
  for (const use of usesOfKubeconfig(secretBytes(secret, key) ?? new Uint8Array(), path)) {
    const unless = use.verdict !== null ? GUARDED.exec : use.reasons.includes('insecure-tls') ? GUARDED.connection : ''
    reportUse(context, use, {object: secret, path, who: 'Flux', unless, isDerived: unless !== ''})
  }
}

/** The named key; else `value`, else `value.yaml`. */
function keyIn(secret: KubeObject, key: string): string {
  const candidates = key === '' ? ['value', 'value.yaml'] : [key]
  const found = candidates.find(one => secretBytes(secret, one) !== undefined)
  if (found === undefined) throw new OddField('data', `a mapping with the key ${candidates.join(' or ')}`)
  return found
}
