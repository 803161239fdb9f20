import {expect} from 'chai'
import type {Outcome} from '../../../src/audit/outcome.js'
import {gatewaySourceFilter} from '../../../src/checks/dual-stack/gateway-source-filter.js'
import type {Json, KubeObject} from '../../../src/kube/json.js'
import {object} from '../../support/declared-facts.js'
import type {Cluster, Ran} from '../../support/run-checks.js'
import {runChecks} from '../../support/run-checks.js'
import {service} from '../../network/cluster-objects.js'

const run = (objects: KubeObject[], outcomes: Cluster['outcomes'] = {}): Promise<Ran> => runChecks([gatewaySourceFilter], {objects, outcomes})
const told = ({findings}: Ran): string[] => findings.map(({variant, state, severityWhenActive, severity, path}) => `${state === 'latent' ? `L ${severityWhenActive}` : severity} ${variant} ${path}`)

const V4 = ['10.0.0.0/8', '192.0.2.7']
const balancer = (name: string, ...ips: string[]): KubeObject => service(['10.96.0.9'], {name, namespace: 'edge', spec: {type: 'LoadBalancer', ipFamilies: ['IPv4']}, lb: ips.map(ip => ({ip}))})
const dual = (name: string): KubeObject => balancer(name, '52.1.2.3', '2600::1')

const middleware = (spec: Json, kind = 'Middleware', version = 'traefik.io/v1alpha1'): KubeObject => object(version, kind, 'shop/only-us', {spec})
const proxy = (spec: Json, ...ips: string[]): KubeObject => object('projectcontour.io/v1', 'HTTPProxy', 'shop/web', {spec, status: {loadBalancer: {ingress: ips.map(ip => ({ip}))}}})
const entries = (...cidrs: string[]): Json => cidrs.map(cidr => ({source: 'Peer', cidr}))
const policy = (rules: Json, defaultAction?: string): KubeObject => object('gateway.envoyproxy.io/v1alpha1', 'SecurityPolicy', 'shop/web', {spec: {authorization: {rules, ...(defaultAction === undefined ? {} : {defaultAction})}}})
const rule = (action: string, clientCIDRs: string[] | null, rest: Record<string, Json> = {}): Json => ({action, principal: {...(clientCIDRs === null ? {} : {clientCIDRs}), ...rest}})
const nginx = (accessControl: Json): KubeObject => object('k8s.nginx.org/v1', 'Policy', 'shop/only-us', {spec: {accessControl}})
const ingress = (annotations: Record<string, string>, className = 'haproxy'): KubeObject =>
  object('networking.k8s.io/v1', 'Ingress', 'shop/web', {annotations, spec: {ingressClassName: className}, status: {loadBalancer: {ingress: [{ip: '52.1.2.3'}, {ip: '2600::1'}]}}})
const armor = (name: string, policyName: string): KubeObject => object('cloud.google.com/v1', 'BackendConfig', name, {spec: {securityPolicy: {name: policyName}}})
const controller = (ranges: string[]): KubeObject => object('operator.openshift.io/v1', 'IngressController', 'openshift-ingress-operator/default', {spec: {endpointPublishingStrategy: {loadBalancer: {allowedSourceRanges: ranges}}}})

const IN_INGRESS = (name: string): string => `metadata.annotations["${name}"]`

describe('gateway-source-filter', () => {
  const rows: {name: string; objects: KubeObject[]; outcomes?: Cluster['outcomes']; tells: string[]; skip?: Outcome | null}[] = [
    // pkg/ip/checker.go of Traefik.
    {name: 'Traefik: IPv4 only, clients over IPv6', objects: [dual('traefik'), middleware({ipAllowList: {sourceRange: V4}})], tells: ['low blocked-family spec.ipAllowList.sourceRange']},
    {name: 'Traefik: IPv4 only, no client over IPv6', objects: [balancer('traefik', '52.1.2.3'), middleware({ipAllowList: {sourceRange: V4}})], tells: ['L low blocked-family spec.ipAllowList.sourceRange']},
    {name: 'Traefik: the Service of another program is none of it', objects: [dual('other'), middleware({ipAllowList: {sourceRange: V4}})], tells: ['L low blocked-family spec.ipAllowList.sourceRange']},
    {name: 'Traefik: both families', objects: [dual('traefik'), middleware({ipAllowList: {sourceRange: [...V4, '2001:db8::/32']}})], tells: []},
    {name: 'Traefik: another middleware', objects: [dual('traefik'), middleware({headers: {}})], tells: []},
    {name: 'Traefik: a list without entries makes no middleware', objects: [dual('traefik'), middleware({ipAllowList: {sourceRange: []}})], tells: []},
    {name: 'Traefik: TCP, older name', objects: [dual('traefik'), middleware({ipWhiteList: {sourceRange: V4}}, 'MiddlewareTCP')], tells: ['low blocked-family spec.ipWhiteList.sourceRange']},
    {name: 'Traefik 2', objects: [dual('traefik'), middleware({ipWhiteList: {sourceRange: V4}}, 'Middleware', 'traefik.containo.us/v1alpha1')], tells: ['low blocked-family spec.ipWhiteList.sourceRange']},
    {name: 'Traefik: an entry that Go does not read', objects: [dual('traefik'), middleware({ipAllowList: {sourceRange: ['10.0.0.0/8', '010.1.0.0/16']}})], tells: ['info unreadable spec.ipAllowList.sourceRange']},
    {name: 'Traefik: IPv6 only, clients over IPv4', objects: [dual('traefik'), middleware({ipAllowList: {sourceRange: ['2001:db8::/32']}})], tells: ['low blocked-family spec.ipAllowList.sourceRange']},
    // toIPFilterRules and ipFilterConfig of Contour.
    {name: 'Contour: allow', objects: [proxy({virtualhost: {ipAllowPolicy: entries(...V4)}}, '52.1.2.3', '2600::1')], tells: ['low blocked-family spec.virtualhost.ipAllowPolicy']},
    {name: 'Contour: deny, in a route', objects: [proxy({routes: [{}, {ipDenyPolicy: entries(...V4)}]}, '52.1.2.3', '2600::1')], tells: ['medium open-deny-list spec.routes[1].ipDenyPolicy']},
    {name: 'Contour: deny all of IPv4', objects: [proxy({routes: [{ipDenyPolicy: entries('0.0.0.0/0')}]}, '52.1.2.3', '2600::1')], tells: ['high open-deny-all spec.routes[0].ipDenyPolicy']},
    {name: 'Contour: the address of the status leads to the Service', objects: [dual('envoy'), proxy({routes: [{ipDenyPolicy: entries(...V4)}]}, '52.1.2.3')], tells: ['medium open-deny-list spec.routes[0].ipDenyPolicy']},
    {name: 'Contour: no status', objects: [proxy({routes: [{ipDenyPolicy: entries(...V4)}]})], tells: ['L medium open-deny-list spec.routes[0].ipDenyPolicy']},
    {name: 'Contour: both lists in one place are not served', objects: [proxy({virtualhost: {ipAllowPolicy: entries(...V4), ipDenyPolicy: entries('10.1.0.0/16')}}, '52.1.2.3', '2600::1')], tells: []},
    {name: 'Contour: both families', objects: [proxy({virtualhost: {ipDenyPolicy: entries(...V4, '2001:db8::/32')}}, '52.1.2.3', '2600::1')], tells: []},
    // buildRBACPerRoute of Envoy Gateway.
    {name: 'Envoy Gateway: allow, default deny', objects: [dual('envoy'), policy([rule('Allow', ['10.0.0.0/8'])], 'Deny')], tells: ['low blocked-family spec.authorization.rules[0].principal.clientCIDRs']},
    {name: 'Envoy Gateway: allow, and the default is not written', objects: [dual('envoy'), policy([rule('Allow', ['10.0.0.0/8'])])], tells: ['low blocked-family spec.authorization.rules[0].principal.clientCIDRs']},
    {name: 'Envoy Gateway: allow, default allow', objects: [dual('envoy'), policy([rule('Allow', ['10.0.0.0/8'])], 'Allow')], tells: []},
    {name: 'Envoy Gateway: deny, default allow', objects: [dual('envoy'), policy([rule('Deny', ['10.0.0.0/8'])], 'Allow')], tells: ['medium open-deny-list spec.authorization.rules[0].principal.clientCIDRs']},
    {name: 'Envoy Gateway: allow some, deny all of IPv4, default allow', objects: [dual('envoy'), policy([rule('Allow', ['10.0.0.0/8']), rule('Deny', ['0.0.0.0/0'])], 'Allow')], tells: ['high open-deny-all spec.authorization.rules[1].principal.clientCIDRs']},
    {name: 'Envoy Gateway: deny before an allow of everybody', objects: [dual('envoy'), policy([rule('Deny', ['10.1.0.0/16']), rule('Allow', ['0.0.0.0/0', '::/0'])])], tells: ['medium open-deny-list spec.authorization.rules[0].principal.clientCIDRs']},
    {name: 'Envoy Gateway: deny before an allow of IPv4: nobody comes over IPv6', objects: [dual('envoy'), policy([rule('Deny', ['10.1.0.0/16']), rule('Allow', ['10.0.0.0/8'])])], tells: ['low blocked-family spec.authorization.rules[1].principal.clientCIDRs']},
    {name: 'Envoy Gateway: deny before an allow of a few of IPv6: not comparable', objects: [dual('envoy'), policy([rule('Deny', ['10.1.0.0/16']), rule('Allow', ['10.0.0.0/8', '2001:db8::/32'])])], tells: []},
    {name: 'Envoy Gateway: a family in a rule of its own', objects: [dual('envoy'), policy([rule('Allow', ['10.0.0.0/8']), rule('Allow', ['2001:db8::/32'])])], tells: []},
    {name: 'Envoy Gateway: another rule lets in by token', objects: [dual('envoy'), policy([rule('Allow', ['10.0.0.0/8']), rule('Allow', null, {jwt: {provider: 'p'}})])], tells: []},
    {name: 'Envoy Gateway: deny before an allow by token', objects: [dual('envoy'), policy([rule('Deny', ['10.0.0.0/8']), rule('Allow', null, {jwt: {provider: 'p'}})])], tells: ['medium open-deny-list spec.authorization.rules[0].principal.clientCIDRs']},
    {name: 'Envoy Gateway: a bare address is no block', objects: [dual('envoy'), policy([rule('Allow', ['10.0.0.1'])])], tells: ['info unreadable spec.authorization.rules[0].principal.clientCIDRs']},
    // The templates of F5's controller.
    {name: 'nginx.org: allow', objects: [dual('nginx-ingress'), nginx({allow: V4})], tells: ['low blocked-family spec.accessControl.allow']},
    {name: 'nginx.org: deny', objects: [dual('nginx-ingress'), nginx({deny: V4})], tells: ['medium open-deny-list spec.accessControl.deny']},
    {name: 'nginx.org: both lists are invalid', objects: [dual('nginx-ingress'), nginx({allow: V4, deny: V4})], tells: []},
    {name: 'nginx.org: another policy', objects: [dual('nginx-ingress'), object('k8s.nginx.org/v1', 'Policy', 'shop/rate', {spec: {rateLimit: {rate: '1r/s'}}})], tells: []},
    // readAccessConfig and haproxy.tmpl of haproxy-ingress.
    {name: 'haproxy-ingress: allow', objects: [ingress({'haproxy-ingress.github.io/allowlist-source-range': '10.0.0.0/8, 192.0.2.7'})], tells: [`low blocked-family ${IN_INGRESS('haproxy-ingress.github.io/allowlist-source-range')}`]},
    {name: 'haproxy-ingress: the older name is ignored beside the newer', objects: [ingress({'haproxy-ingress.github.io/allowlist-source-range': '10.0.0.0/8,2001:db8::/32', 'haproxy-ingress.github.io/whitelist-source-range': '10.0.0.0/8'})], tells: []},
    {name: 'haproxy-ingress: the old prefix, by class', objects: [ingress({'ingress.kubernetes.io/whitelist-source-range': '10.0.0.0/8'})], tells: [`low blocked-family ${IN_INGRESS('ingress.kubernetes.io/whitelist-source-range')}`]},
    {name: 'haproxy-ingress: the old prefix, of another class', objects: [ingress({'ingress.kubernetes.io/whitelist-source-range': '10.0.0.0/8'}, 'nginx')], tells: []},
    {name: 'haproxy-ingress: deny', objects: [ingress({'haproxy-ingress.github.io/denylist-source-range': '10.0.0.0/8'})], tells: [`medium open-deny-list ${IN_INGRESS('haproxy-ingress.github.io/denylist-source-range')}`]},
    {name: 'haproxy-ingress: deny beside an allow list that lets nobody in over IPv6', objects: [ingress({'haproxy-ingress.github.io/allowlist-source-range': '10.0.0.0/8', 'haproxy-ingress.github.io/denylist-source-range': '10.1.0.0/16'})], tells: [`low blocked-family ${IN_INGRESS('haproxy-ingress.github.io/allowlist-source-range')}`]},
    {name: 'haproxy-ingress: an exception of an allow list of everybody denies', objects: [ingress({'haproxy-ingress.github.io/allowlist-source-range': '0.0.0.0/0,::/0,!10.0.0.0/8'})], tells: [`medium open-deny-list ${IN_INGRESS('haproxy-ingress.github.io/allowlist-source-range')}`]},
    {name: 'haproxy-ingress: exceptions alone, in an allow list, deny', objects: [ingress({'haproxy-ingress.github.io/allowlist-source-range': '!10.0.0.0/8'})], tells: [`medium open-deny-list ${IN_INGRESS('haproxy-ingress.github.io/allowlist-source-range')}`]},
    {name: 'haproxy-ingress: exceptions alone, in a deny list, allow', objects: [ingress({'haproxy-ingress.github.io/denylist-source-range': '!10.0.0.0/8'})], tells: [`low blocked-family ${IN_INGRESS('haproxy-ingress.github.io/denylist-source-range')}`]},
    {name: 'haproxy-ingress: everybody denied but a few', objects: [ingress({'haproxy-ingress.github.io/denylist-source-range': '0.0.0.0/0,::/0,!10.0.0.0/8'})], tells: [`low blocked-family ${IN_INGRESS('haproxy-ingress.github.io/denylist-source-range')}`]},
    {name: 'haproxy-ingress: all of IPv4 denied but a few', objects: [ingress({'haproxy-ingress.github.io/denylist-source-range': '0.0.0.0/0,!10.0.0.0/8'})], tells: [`high open-deny-all ${IN_INGRESS('haproxy-ingress.github.io/denylist-source-range')}`]},
    {name: 'haproxy-ingress: no entry is an address: no list', objects: [ingress({'haproxy-ingress.github.io/allowlist-source-range': 'office'})], tells: [`medium unreadable-opens ${IN_INGRESS('haproxy-ingress.github.io/allowlist-source-range')}`]},
    {name: 'haproxy-ingress: one entry is none', objects: [ingress({'haproxy-ingress.github.io/allowlist-source-range': '10.0.0.0/8,office'})], tells: [`info unreadable ${IN_INGRESS('haproxy-ingress.github.io/allowlist-source-range')}`]},
    // accessControl.go of HAProxy Technologies.
    {name: 'haproxy.org: allow, older name', objects: [ingress({'haproxy.org/whitelist': '10.0.0.0/8'})], tells: [`low blocked-family ${IN_INGRESS('haproxy.org/whitelist')}`]},
    {name: 'haproxy.com: deny', objects: [ingress({'haproxy.com/deny-list': '10.0.0.0/8'})], tells: [`medium open-deny-list ${IN_INGRESS('haproxy.com/deny-list')}`]},
    {name: 'haproxy.org: an entry that is none leaves the rule out', objects: [ingress({'haproxy.org/allow-list': '10.0.0.0/8,office'})], tells: [`medium unreadable-opens ${IN_INGRESS('haproxy.org/allow-list')}`]},
    {name: 'haproxy.org: a pattern file is not looked at', objects: [ingress({'haproxy.org/allow-list': 'patterns/ips'})], tells: [], skip: 'not-observable'},
    // Cloud Armor, OpenShift.
    {name: 'Cloud Armor: said once a policy', objects: [armor('a/one', 'p'), armor('b/two', 'p'), armor('b/three', 'q')], tells: ['info cloud-armor spec.securityPolicy.name', 'info cloud-armor spec.securityPolicy.name']},
    {name: 'OpenShift: source ranges of a router', objects: [controller(['10.0.0.0/8'])], tells: ['L medium unknown-default spec.endpointPublishingStrategy.loadBalancer.allowedSourceRanges']},
    {name: 'OpenShift: its Service has them and is judged there', objects: [controller(['10.0.0.0/8']), service(['10.96.0.9'], {name: 'router-default', namespace: 'openshift-ingress', spec: {type: 'LoadBalancer', loadBalancerSourceRanges: ['10.0.0.0/8']}})], tells: []},
    // What was not read.
    {name: 'a row that is forbidden: skipped, what was found stands', objects: [dual('traefik'), middleware({ipAllowList: {sourceRange: V4}})], outcomes: {httpproxies: 'forbidden'}, tells: ['low blocked-family spec.ipAllowList.sourceRange'], skip: 'forbidden'},
    {name: 'kinds that are not served: quiet', objects: [], outcomes: {httpproxies: 'not-served', securitypolicies: 'not-served'}, tells: []},
    {name: 'kinds that a dump lacks: quiet', objects: [], outcomes: {httpproxies: 'not-in-input', securitypolicies: 'not-in-input'}, tells: []},
    {name: 'an entry of another type: not understood', objects: [middleware({ipAllowList: {sourceRange: [7]}})], tells: [], skip: 'not-understood'},
  ]
  for (const {name, objects, outcomes, tells, skip = null} of rows) {
    it(name, async () => {
      const ran = await run(objects, outcomes)
      expect(told(ran)).to.deep.equal(tells)
      expect(ran.skips['gateway-source-filter']).to.equal(skip)
    })
  }

  it('is not applicable where the server has none of the kinds', async () => {
    const none = Object.fromEntries((gatewaySourceFilter.meta.alsoReads ?? []).map(row => [row, 'not-served'] as const))
    expect((await run([], none)).notApplicable['gateway-source-filter']).to.match(/none of the kinds/)
  })

  it('has not looked at kinds of gateways where a dump holds Ingresses alone', async () => {
    const none = Object.fromEntries((gatewaySourceFilter.meta.alsoReads ?? []).filter(row => row !== 'ingresses').map(row => [row, 'not-in-input'] as const))
    expect((await run([ingress({})], none)).skips['gateway-source-filter']).to.equal('not-in-input')
  })

  it('says what a user notices, where, and the line to add', async () => {
    const {findings: [finding]} = await run([dual('traefik'), middleware({ipAllowList: {sourceRange: V4}})])
    expect(finding?.message).to.equal('ipAllowList of this middleware allows IPv4 addresses only (10.0.0.0/8, 192.0.2.7): over IPv6 nobody gets in, because Traefik refuses an address that no entry holds; clients come over IPv6: the load balancer has the address 2600::1 (Service edge/traefik).')
    expect(finding?.fix?.text).to.match(/^Add the IPv6 ranges of the same clients to spec\.ipAllowList\.sourceRange/)
    expect(finding?.details).to.include({type: 'filter', class: 'A3', blockedFamily: 6, openFamily: null})
  })

  it('names the list in the singular, and shows an entry as it stands in that place', async () => {
    const proxy = object('projectcontour.io/v1', 'HTTPProxy', 'shop/out', {spec: {virtualhost: {fqdn: 'a.example.com', ipDenyPolicy: [{source: 'Peer', cidr: '10.0.0.0/8'}]}}})
    const {findings} = await run([dual('envoy'), policy([rule('Allow', V4.map(text => (text.includes('/') ? text : `${text}/32`)))]), proxy])
    const by = (kind: string): string => findings.filter(found => found.object.kind === kind).map(({message, fix}) => `${message} ${fix?.text}`).join()
    expect(by('SecurityPolicy')).to.match(/^The list of allowed clientCIDRs of this SecurityPolicy allows IPv4 addresses only/)
    expect(by('HTTPProxy')).to.include('to spec.virtualhost.ipDenyPolicy, for example - {source: Peer, cidr: "2001:db8:1::/48"};')
  })

  it('one line for a policy of Cloud Armor, however many name it', async () => {
    const {findings: [finding]} = await run([armor('a/one', 'p'), armor('b/two', 'p')])
    expect(finding).to.include({count: 2})
    expect(finding?.message).to.match(/here and at b\/two; its rules are not in the cluster/)
  })
})
