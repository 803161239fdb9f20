import {expect} from 'chai'
import type {Outcome} from '../../../src/audit/outcome.js'
import {gatewaySourceFilterThirdParty} from '../../../src/checks/dual-stack/gateway-source-filter-third-party.js'
import type {Json, KubeObject} from '../../../src/kube/json.js'
import {object} from '../../support/declared-facts.js'
import type {Cluster, Ran} from '../../support/run-checks.js'
import {runChecks} from '../../support/run-checks.js'
import {node, service} from '../../network/cluster-objects.js'

const ID = 'gateway-source-filter-third-party'
const run = (objects: KubeObject[], outcomes: Cluster['outcomes'] = {}): Promise<Ran> => runChecks([gatewaySourceFilterThirdParty], {objects, outcomes})
const told = ({findings}: Ran): string[] => findings.map(({variant, state, severityWhenActive, severity, path}) => `${state === 'latent' ? `L ${severityWhenActive}` : severity} ${variant} ${path}`)

const dual = (name: string, namespace = 'edge'): KubeObject => service(['10.96.0.9'], {name, namespace, spec: {type: 'LoadBalancer', ipFamilies: ['IPv4']}, lb: [{ip: '52.1.2.3'}, {ip: '2600::1'}]})
const kong = (config: Json, rest: Record<string, Json> = {}): KubeObject => object('configuration.konghq.com/v1', 'KongPlugin', 'shop/only-us', {plugin: 'ip-restriction', config, ...rest})
const ingress = (annotations: Record<string, string>): KubeObject => object('networking.k8s.io/v1', 'Ingress', 'shop/web', {annotations, status: {loadBalancer: {ingress: [{ip: '52.1.2.3'}, {ip: '2600::1'}]}}})
const route = (annotations: Record<string, string>, ...routers: string[]): KubeObject => object('route.openshift.io/v1', 'Route', 'shop/web', {annotations, status: {ingress: routers.map(routerName => ({routerName}))}})
const onNodes = object('operator.openshift.io/v1', 'IngressController', 'openshift-ingress-operator/default', {status: {endpointPublishingStrategy: {type: 'HostNetwork'}}})

const ALLOW = 'haproxy.router.openshift.io/ip_allowlist'
const at = (name: string): string => `metadata.annotations["${name}"]`

describe(ID, () => {
  const rows: {name: string; objects: KubeObject[]; outcomes?: Cluster['outcomes']; tells: string[]; skip?: Outcome | null}[] = [
    // handler.lua of Kong's ip-restriction.
    {name: 'Kong: allow', objects: [dual('kong-proxy'), kong({allow: ['10.0.0.0/8']})], tells: ['low blocked-family config.allow']},
    {name: 'Kong: no client over IPv6', objects: [kong({allow: ['10.0.0.0/8']})], tells: ['L low blocked-family config.allow']},
    {name: 'Kong: deny, older name', objects: [dual('kong-proxy'), kong({blacklist: ['10.0.0.7']})], tells: ['medium open-deny-list config.blacklist']},
    {name: 'Kong: deny beside an allow list that lets nobody in over IPv6', objects: [dual('kong-proxy'), kong({allow: ['10.0.0.0/8'], deny: ['10.1.0.0/16']})], tells: ['low blocked-family config.allow']},
    {name: 'Kong: deny beside an allow list of everybody', objects: [dual('kong-proxy'), kong({allow: ['0.0.0.0/0', '::/0'], deny: ['10.1.0.0/16']})], tells: ['medium open-deny-list config.deny']},
    {name: 'Kong: deny beside an allow list that is not understood', objects: [dual('kong-proxy'), kong({allow: ['office'], deny: ['10.1.0.0/16']})], tells: ['info unreadable config.allow']},
    {name: 'Kong: disabled', objects: [dual('kong-proxy'), kong({allow: ['10.0.0.0/8']}, {disabled: true})], tells: []},
    {name: 'Kong: another plugin', objects: [dual('kong-proxy'), kong({allow: ['10.0.0.0/8']}, {plugin: 'acl'})], tells: []},
    {name: 'Kong: the list is in a Secret', objects: [kong({}, {configFrom: {secretKeyRef: {name: 's', key: 'k'}}})], tells: [], skip: 'not-observable'},
    {name: 'Kong: for the cluster', objects: [dual('x'), object('configuration.konghq.com/v1', 'KongClusterPlugin', 'only-us', {plugin: 'ip-restriction', config: {whitelist: ['10.0.0.0/8']}})], tells: ['L low blocked-family config.whitelist']},
    // ip_restriction.go of APISIX's controller, ip-restriction of APISIX.
    {name: 'APISIX: allow', objects: [ingress({'k8s.apisix.apache.org/allowlist-source-range': '10.0.0.0/24,192.168.1.0/24'})], tells: [`low blocked-family ${at('k8s.apisix.apache.org/allowlist-source-range')}`]},
    {name: 'APISIX: deny', objects: [ingress({'k8s.apisix.apache.org/blocklist-source-range': '127.0.0.1'})], tells: [`medium open-deny-list ${at('k8s.apisix.apache.org/blocklist-source-range')}`]},
    {name: 'APISIX: both families', objects: [ingress({'k8s.apisix.apache.org/allowlist-source-range': '10.0.0.0/24,2001:db8::/32'})], tells: []},
    // ip_access_control.go of Higress.
    {name: 'Higress: allow', objects: [ingress({'higress.io/whitelist-source-range': '10.0.0.0/8'})], tells: [`low blocked-family ${at('higress.io/whitelist-source-range')}`]},
    {name: 'Higress: the name of nginx comes first', objects: [ingress({'higress.io/whitelist-source-range': '10.0.0.0/8', 'nginx.ingress.kubernetes.io/whitelist-source-range': '10.0.0.0/8'})], tells: []},
    {name: 'Higress: everybody', objects: [ingress({'higress.io/whitelist-source-range': '10.0.0.0/8, *'})], tells: []},
    {name: 'Higress: it reads no deny list', objects: [ingress({'higress.io/denylist-source-range': '10.0.0.0/8'})], tells: [`medium dead-annotation ${at('higress.io/denylist-source-range')}`]},
    {name: 'Traefik 1: nobody reads it any more', objects: [ingress({'traefik.ingress.kubernetes.io/whitelist-source-range': '10.0.0.0/8, fe80::/16'})], tells: [`medium dead-annotation ${at('traefik.ingress.kubernetes.io/whitelist-source-range')}`]},
    // parseIPList and haproxy-config.template of OpenShift's router.
    {name: 'Route: allow', objects: [dual('router-default', 'openshift-ingress'), route({[ALLOW]: '10.0.0.0/8 192.0.2.7'}, 'default')], tells: [`low blocked-family ${at(ALLOW)}`]},
    {name: 'Route: the older name', objects: [route({'haproxy.router.openshift.io/ip_whitelist': '10.0.0.0/8'}, 'default')], tells: [`L low blocked-family ${at('haproxy.router.openshift.io/ip_whitelist')}`]},
    {name: 'Route: the router that has admitted it', objects: [dual('router-intern', 'openshift-ingress'), route({[ALLOW]: '10.0.0.0/8'}, 'default')], tells: [`L low blocked-family ${at(ALLOW)}`]},
    {name: 'Route: the router listens on nodes', objects: [onNodes, node([['InternalIP', '10.0.0.1'], ['InternalIP', '2600::7']]), route({[ALLOW]: '10.0.0.0/8'}, 'default')], tells: [`low blocked-family ${at(ALLOW)}`]},
    {name: 'Route: commas, so that no entry is one', objects: [route({[ALLOW]: '10.0.0.0/8,192.0.2.7'}, 'default')], tells: [`medium unreadable-opens ${at(ALLOW)}`]},
    {name: 'Route: a blank at the end', objects: [route({[ALLOW]: '10.0.0.0/8 '}, 'default')], tells: [`medium unreadable-opens ${at(ALLOW)}`]},
    {name: 'Route: both families', objects: [route({[ALLOW]: '10.0.0.0/8 2001:db8::/32'}, 'default')], tells: []},
    {name: 'Route: empty', objects: [route({[ALLOW]: ''}, 'default')], tells: []},
    // What was not read.
    {name: 'Routes forbidden', objects: [], outcomes: {routes: 'forbidden'}, tells: [], skip: 'forbidden'},
    {name: 'only Ingresses are served', objects: [], outcomes: {kongplugins: 'not-served', kongclusterplugins: 'not-served', routes: 'not-served', ingresscontrollers: 'not-served'}, tells: []},
  ]
  for (const {name, objects, outcomes, tells, skip = null} of rows) {
    it(name, async () => {
      const ran = await run(objects, outcomes)
      expect(told(ran)).to.deep.equal(tells)
      expect(ran.skips[ID]).to.equal(skip)
    })
  }

  it('is a preview, and says so of what it derives', async () => {
    const {findings: [finding]} = await run([dual('kong-proxy'), kong({allow: ['10.0.0.0/8']})])
    expect(gatewaySourceFilterThirdParty.meta.isPreview).to.equal(true)
    expect(finding?.confidence).to.equal('derived')
  })

  it('shows an entry as it stands in a list between blanks', async () => {
    const {findings: [finding]} = await run([dual('router-default', 'openshift-ingress'), route({[ALLOW]: '10.0.0.0/8 192.0.2.7'}, 'default')])
    expect(finding?.fix?.text).to.include(', for example 2001:db8:1::/48 behind a blank; ::/0 if all of IPv6 may come.')
  })

  it('says of a dead annotation who does not read it, and what to write', async () => {
    const {findings: [finding]} = await run([ingress({'traefik.ingress.kubernetes.io/whitelist-source-range': '10.0.0.0/8'})])
    expect(finding?.message).to.match(/\(10\.0\.0\.0\/8\) filters nothing, because Traefik reads it in version 1 only/)
    expect(finding?.fix?.text).to.match(/ipAllowList/)
  })
})
