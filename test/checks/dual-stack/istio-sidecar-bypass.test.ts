import {expect} from 'chai'
import {istioSidecarBypass} from '../../../src/checks/dual-stack/istio-sidecar-bypass.js'
import type {KubeObject} from '../../../src/kube/json.js'
import type {FamiliesOfPods} from './filter-cluster.js'
import {podOf, ranIn} from './filter-cluster.js'

const INCLUDE = 'traffic.sidecar.istio.io/includeOutboundIPRanges'
const EXCLUDE = 'traffic.sidecar.istio.io/excludeOutboundIPRanges'

function pod(annotations: Record<string, string>, families: FamiliesOfPods = 'v6', proxy = 'istio-proxy', name = 'web-1'): KubeObject {
  const made = podOf(families, {app: 'web'}, {annotations, spec: {containers: [{name: 'main'}, {name: proxy}]}})
  return {...made, metadata: {...made['metadata'] as object, name}} as KubeObject
}

const line = (variant: string, annotation: string, rest: string): string => `${variant} Pod shop/web-1 metadata.annotations["${annotation}"] ${rest}`

/** Sources: SeparateV4V6 and getLocalIP of tools/common/config/config.go, Run of tools/istio-iptables/pkg/capture/run.go in Istio. */
const ROWS: [name: string, pods: KubeObject[], lines: string[]][] = [
  ['included ranges of IPv4', [pod({[INCLUDE]: '10.0.0.0/8,172.16.0.0/12'})], [line('include-ranges', INCLUDE, 'S4 open 6')]],
  ['on a pod of IPv4 it is latent', [pod({[INCLUDE]: '10.0.0.0/8'}, 'v4')], [`L:${line('include-ranges', INCLUDE, 'S4 open 6')}`]],
  ['ranges of IPv6 on a pod of IPv6: nobody waits for IPv4', [pod({[INCLUDE]: 'fd00::/8'})], []],
  ['ranges of IPv6 on a pod of IPv4', [pod({[INCLUDE]: 'fd00::/8'}, 'v4')], [line('include-ranges', INCLUDE, 'S4 open 4')]],
  ['both', [pod({[INCLUDE]: '10.0.0.0/8, fd00::/8'})], []],
  ['everything', [pod({[INCLUDE]: '*', [EXCLUDE]: ''})], []],
  ['nothing, which is meant', [pod({[INCLUDE]: ''})], []],
  ['excluded ranges of IPv4', [pod({[INCLUDE]: '*', [EXCLUDE]: '169.254.169.254/32'})], [line('exclude-ranges', EXCLUDE, 'A3 blocked 6')]],
  ['no sidecar', [pod({[INCLUDE]: '10.0.0.0/8'}, 'dual', 'envoy')], []],
  ['a sidecar of both families may take one', [pod({}, 'dual')], ['dual-stack-not-seen Namespace istio-system ']],
]

describe('istio-sidecar-bypass', () => {
  for (const [name, pods, lines] of ROWS) it(name, async () => {
    const ran = await ranIn(istioSidecarBypass, pods)
    expect([ran.lines, ran.skip]).to.deep.equal([lines, null])
  })

  it('is one line for all pods of an owner', async () => {
    const owned = ['a', 'b'].map(name => {
      const one = pod({[INCLUDE]: '10.0.0.0/8'}, 'v6', 'istio-proxy', name)
      return {...one, metadata: {...one['metadata'] as object, ownerReferences: [{apiVersion: 'apps/v1', kind: 'StatefulSet', name: 'web', uid: 'u', controller: true}]}} as KubeObject
    })
    const {findings} = await ranIn(istioSidecarBypass, [...owned, {apiVersion: 'apps/v1', kind: 'StatefulSet', metadata: {namespace: 'shop', name: 'web', uid: 'u'}}])
    expect(findings.map(({object, count, path}) => [object.kind, object.name, count, path])).to.deep.equal([['StatefulSet', 'web', 2, `spec.template.metadata.annotations["${INCLUDE}"]`]])
  })

  it('never calls rubbish clean', async () => {
    expect((await ranIn(istioSidecarBypass, [pod({[INCLUDE]: '10.0.0.0'})])).skip).to.equal('not-understood')
  })
})
