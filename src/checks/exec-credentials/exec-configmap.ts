import {defineCheck} from '../../audit/check.js'
import {isIncomplete} from '../../audit/outcome.js'
import {mappingAt, pathOf, textAt} from '../../kube/field.js'
import type {KubeObject} from '../../kube/json.js'
import {keyOf} from '../../kube/object.js'
import {decodeBase64} from '../../kube/secret-data.js'
import {entryOf} from '../../kubeconfig/node.js'
import {readYaml} from '../../kubeconfig/read-yaml.js'
import {usesOfKubeconfig} from './exec-use.js'
import {EXEC_REFERENCES, execVariants, reportUse} from './report-use.js'

const READERS: ReadonlyMap<string, string> = new Map([
  ['kube-system/kube-proxy', 'kube-proxy, on every node,'],
  ['kube-public/cluster-info', 'Whoever joins a node by this public ConfigMap'],
])

/**
 * Fires on kubeconfigs in the ConfigMaps that the cluster itself, or Flux,
 * reads. Which entry of them it is is not fixed, so every entry that says it is
 * a kubeconfig is judged.
 */
export const execConfigmap = defineCheck({
  meta: {
    id: 'exec-configmap',
    title: 'Kubeconfig in a ConfigMap with a program nobody vouches for',
    topic: 'exec-credentials',
    severity: 'high',
    variants: execVariants('high', 'medium', 'medium'),
    reads: ['kubeconfig-configmaps'],
    // Which ConfigMaps Flux reads stands in the other two.
    alsoReads: ['flux-configmaps', 'kustomizations', 'helmreleases'],
    why: 'A ConfigMap is written by more people than a Secret; what reads this one runs the program on nodes or with a controller\'s rights.',
    remediation: 'Restore the file as kubeadm or the distribution writes it: a token file or certificate, the CA of the cluster, no exec.',
    references: EXEC_REFERENCES,
  },

  create(context) {
    const judge = (configMap: KubeObject): void => {
      for (const {path, bytes} of kubeconfigsIn(configMap))
        for (const use of usesOfKubeconfig(bytes, path)) reportUse(context, use, {object: configMap, path, who: READERS.get(keyOf(configMap)) ?? 'Whoever uses this kubeconfig'})
    }
    return {
      'kubeconfig-configmaps': judge,
      'flux-configmaps': judge,
      end() {
        const {outcome, detail} = context.outcome('flux-configmaps')
        if (isIncomplete(outcome)) context.skipUnread('flux-configmaps', {outcome, detail})
      },
    }
  },
})

function kubeconfigsIn(configMap: KubeObject): {path: string; bytes: Uint8Array}[] {
  const plain = Object.keys(mappingAt(configMap, 'data')).map(key => ({path: pathOf(['data', key]), bytes: Buffer.from(textAt(configMap, 'data', key) ?? '', 'utf8')}))
  const binary = Object.keys(mappingAt(configMap, 'binaryData')).map(key => {
    const path = pathOf(['binaryData', key])
    return {path, bytes: decodeBase64(textAt(configMap, 'binaryData', key) ?? '', path)}
  })
  return [...plain, ...binary].filter(({bytes}) => isKubeconfig(bytes))
}

/**
 * Told by what our own reader makes of it, never by a pattern over the text:
 * `kind: "Conf\x69g"` is one too. What cannot be read and could be one counts,
 * so that judging it says what is wrong.
 */
function isKubeconfig(bytes: Uint8Array): boolean {
  const read = readYaml(bytes)
  if (!read.ok) return /\b(?:clusters|users|Config)\b/.test(Buffer.from(bytes).toString('latin1'))
  const has = (key: string): boolean => entryOf(read.root, key) !== undefined
  const kind = entryOf(read.root, 'kind')?.value
  if (kind !== undefined) return kind.kind === 'scalar' && kind.value === 'Config'
  return has('clusters') && (has('users') || has('contexts'))
}
