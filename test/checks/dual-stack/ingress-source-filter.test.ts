import {expect} from 'chai'
import {ingressSourceFilter} from '../../../src/checks/dual-stack/ingress-source-filter.js'
import type {Json, KubeObject} from '../../../src/kube/json.js'
import {object} from '../../support/declared-facts.js'
import type {Cluster, Ran} from '../../support/run-checks.js'
import {runChecks} from '../../support/run-checks.js'

const NGINX = 'nginx.ingress.kubernetes.io'
const V4 = '10.0.0.0/8,192.0.2.7'
const DUAL: Json[] = [{ip: '52.1.2.3'}, {ip: '2600::1'}]
const V4_EDGE: Json[] = [{ip: '52.1.2.3'}]

interface Parts {
  name?: string
  notes?: Record<string, string>
  status?: Json[]
  className?: string | null
}

function ingress({name = 'shop/web', notes = {}, status = DUAL, className = 'nginx'}: Parts): KubeObject {
  return object('networking.k8s.io/v1', 'Ingress', name, {annotations: notes, spec: className === null ? {} : {ingressClassName: className}, status: {loadBalancer: {ingress: status}}})
}

const nginx = (key: string, value: string, rest: Parts = {}): KubeObject => ingress({...rest, notes: {[`${NGINX}/${key}`]: value, ...rest.notes}})
const balancer = (name: string, status: Json[], rest: Record<string, Json> = {}, labels: Record<string, string> = {}): KubeObject => object('v1', 'Service', name, {labels, spec: {type: 'LoadBalancer', ipFamilies: ['IPv4'], ...rest}, status: {loadBalancer: {ingress: status}}})

const LABEL = {'app.kubernetes.io/name': 'ingress-nginx'}
const controller = (args: string[] = ['--configmap=$(POD_NAMESPACE)/ingress-nginx-controller'], kind = 'Deployment'): KubeObject =>
  object('apps/v1', kind, 'ingress-nginx/ingress-nginx-controller', {labels: LABEL, spec: {template: {spec: {containers: [{name: 'controller', args: ['/nginx-ingress-controller', ...args]}]}}}})
const settings = (data: Record<string, string>): KubeObject => object('v1', 'ConfigMap', 'ingress-nginx/ingress-nginx-controller', {data})
const FRONT = balancer('ingress-nginx/ingress-nginx-controller', DUAL, {}, LABEL)

const alb = (notes: Record<string, string>, rest: Parts = {}): KubeObject =>
  ingress({className: 'alb', status: [{hostname: 'k8s-a.elb.amazonaws.com'}], ...rest, notes: Object.fromEntries(Object.entries(notes).map(([key, value]) => [`alb.ingress.kubernetes.io/${key}`, value]))})

const run = (objects: KubeObject[], outcomes: Cluster['outcomes'] = {}): Promise<Ran> => runChecks([ingressSourceFilter], {objects, outcomes})
const told = ({findings}: Ran): string[] => findings.map(({variant, state, severity, severityWhenActive, path}) => `${state === 'latent' ? `L ${severityWhenActive}` : severity} ${variant} ${path}`)
const at = (key: string, prefix = NGINX): string => `metadata.annotations["${prefix}/${key}"]`

interface Row {
  name: string
  objects: KubeObject[]
  outcomes?: Cluster['outcomes']
  tells: string[]
  skip?: string
}

function rowsOf(rows: readonly Row[]): void {
  for (const {name, objects, outcomes, tells, skip} of rows) it(name, async () => {
    const ran = await run(objects, outcomes)
    expect(told(ran)).to.deep.equal(tells)
    expect(ran.skips['ingress-source-filter']).to.equal(skip ?? null)
  })
}

// ingress-nginx/internal/ingress/annotations/{ipallowlist,ipdenylist}/main.go.
describe('ingress-source-filter: annotations of ingress-nginx', () => {
  rowsOf([
    {name: 'an allow list of IPv4', objects: [nginx('allowlist-source-range', V4)], tells: [`low blocked-family ${at('allowlist-source-range')}`]},
    {name: 'by its older name', objects: [nginx('whitelist-source-range', V4)], tells: [`low blocked-family ${at('whitelist-source-range')}`]},
    {name: 'the newer name wins', objects: [nginx('whitelist-source-range', V4, {notes: {[`${NGINX}/allowlist-source-range`]: `${V4},2001:db8:1::/48`}})], tells: []},
    {name: 'an allow list, no client over IPv6', objects: [nginx('allowlist-source-range', V4, {status: V4_EDGE})], tells: [`L low blocked-family ${at('allowlist-source-range')}`]},
    {name: 'the address of the Ingress leads to a Service of both', objects: [nginx('allowlist-source-range', V4, {status: V4_EDGE}), FRONT], tells: [`low blocked-family ${at('allowlist-source-range')}`]},
    {name: 'a host name of the Ingress leads to a Service with a dual-stack annotation', objects: [
      nginx('denylist-source-range', V4, {status: [{hostname: 'a.example.com'}]}),
      object('v1', 'Service', 'edge/a', {annotations: {'service.beta.kubernetes.io/aws-load-balancer-ip-address-type': 'dualstack'}, spec: {type: 'LoadBalancer'}, status: {loadBalancer: {ingress: [{hostname: 'a.example.com'}]}}}),
    ], tells: [`medium open-deny-list ${at('denylist-source-range')}`]},
    {name: 'another host name leads nowhere', objects: [nginx('denylist-source-range', V4, {status: [{hostname: 'b.example.com'}]}), FRONT], tells: [`L medium open-deny-list ${at('denylist-source-range')}`]},
    {name: 'a deny list of IPv4', objects: [nginx('denylist-source-range', V4)], tells: [`medium open-deny-list ${at('denylist-source-range')}`]},
    {name: '0.0.0.0/0 that was meant as nobody', objects: [nginx('denylist-source-range', '0.0.0.0/0')], tells: [`high open-deny-all ${at('denylist-source-range')}`]},
    {name: 'nobody, in both families', objects: [nginx('denylist-source-range', '0.0.0.0/0,::/0')], tells: []},
    {name: 'all of IPv6 beside a few of IPv4', objects: [nginx('allowlist-source-range', `${V4},::/0`)], tells: [`high wider-ipv6 ${at('allowlist-source-range')}`]},
    {name: 'a deny list inside of an allow list of IPv4: nobody comes over IPv6', objects: [nginx('denylist-source-range', '10.1.0.0/16', {notes: {[`${NGINX}/allowlist-source-range`]: V4}})], tells: [`low blocked-family ${at('allowlist-source-range')}`]},
    {name: 'an entry that is none closes the place', objects: [nginx('denylist-source-range', '10.0.0.0/8,office')], tells: [`info unreadable ${at('denylist-source-range')}`]},
    {name: 'blanks and a comma at the end', objects: [nginx('allowlist-source-range', ' 10.0.0.0/8 , 2001:db8:1::/48 ,')], tells: []},
    {name: 'an empty list', objects: [nginx('allowlist-source-range', '')], tells: []},
    {name: 'clients without rate limits', objects: [nginx('limit-whitelist', V4)], tells: [`info limited-clients ${at('limit-whitelist')}`]},
    {name: 'clients without rate limits, no client over IPv6', objects: [nginx('limit-whitelist', V4, {status: V4_EDGE})], tells: []},
    {name: 'Ingresses that could not be read', objects: [], outcomes: {ingresses: 'forbidden'}, tells: [], skip: 'forbidden'},
    {name: 'Services that could not be read', objects: [nginx('denylist-source-range', V4)], outcomes: {services: 'forbidden'}, tells: [`medium open-deny-list ${at('denylist-source-range')}`], skip: 'forbidden'},
    {name: 'an input with Ingresses and Services alone', objects: [nginx('denylist-source-range', V4)], outcomes: {'ingress-nginx-deployments': 'not-in-input', 'ingress-nginx-daemonsets': 'not-in-input', 'ingress-nginx-configmaps': 'not-in-input'}, tells: [`medium open-deny-list ${at('denylist-source-range')}`]},
  ])

  it('says what who was denied notices, and what to add', async () => {
    const {findings: [finding]} = await run([nginx('denylist-source-range', '0.0.0.0/0')])
    expect(finding?.message).to.equal(`The annotation ${NGINX}/denylist-source-range denies all of IPv4 (0.0.0.0/0), which reads as nobody: over IPv6 everybody gets in, because nginx lets in what no line denies; clients come over IPv6: the load balancer has the address 2600::1.`)
    expect(finding?.fix?.text).to.equal(`Add ::/0 to metadata.annotations["${NGINX}/denylist-source-range"].`)
  })
})

// ingress-nginx #2096.
describe('ingress-source-filter: annotations that nobody reads', () => {
  const OLD = 'ingress.kubernetes.io'
  const old = (key: string, rest: Parts = {}): KubeObject => ingress({...rest, notes: {[`${OLD}/${key}`]: V4, ...rest.notes}})
  rowsOf([
    {name: 'an allow list without the prefix of nginx', objects: [old('whitelist-source-range')], tells: [`high dead-allow-list ${at('whitelist-source-range', OLD)}`]},
    {name: 'a deny list', objects: [old('denylist-source-range')], tells: [`medium dead-deny-list ${at('denylist-source-range', OLD)}`]},
    {name: 'by the older annotation of the class', objects: [old('whitelist-source-range', {className: null, notes: {'kubernetes.io/ingress.class': 'nginx-internal'}})], tells: [`high dead-allow-list ${at('whitelist-source-range', OLD)}`]},
    {name: 'beside one that is read', objects: [old('whitelist-source-range', {notes: {[`${NGINX}/whitelist-source-range`]: `${V4},::1/128`}})], tells: []},
    {name: 'HAProxy reads it', objects: [old('whitelist-source-range', {className: 'haproxy'})], tells: []},
    {name: 'whoever the class is of', objects: [old('whitelist-source-range', {className: 'ours'})], tells: []},
    {name: 'a controller that was told to read that prefix', objects: [controller(['--annotations-prefix=ingress.kubernetes.io']), old('whitelist-source-range')], tells: [`low blocked-family ${at('whitelist-source-range', OLD)}`]},
    {name: 'and so no more that of nginx', objects: [controller(['--annotations-prefix', 'ingress.kubernetes.io']), nginx('whitelist-source-range', V4)], tells: [`high dead-allow-list ${at('whitelist-source-range')}`]},
    {name: 'an annotation of nginx on an Ingress of AWS', objects: [nginx('whitelist-source-range', V4, {className: 'alb'})], tells: [`high dead-allow-list ${at('whitelist-source-range')}`]},
  ])
})

describe('ingress-source-filter: the ConfigMap of ingress-nginx', () => {
  const told4 = (data: Record<string, string>): KubeObject[] => [controller(), settings(data), FRONT]
  rowsOf([
    {name: 'whitelist-source-range', objects: told4({'whitelist-source-range': V4}), tells: ['low blocked-family data["whitelist-source-range"]']},
    {name: 'denylist-source-range', objects: told4({'denylist-source-range': V4}), tells: ['medium open-deny-list data["denylist-source-range"]']},
    {name: 'block-cidrs', objects: told4({'block-cidrs': V4}), tells: ['medium open-deny-list data["block-cidrs"]']},
    {name: 'of a DaemonSet', objects: [controller(['--configmap', 'ingress-nginx/ingress-nginx-controller'], 'DaemonSet'), settings({'block-cidrs': V4}), FRONT], tells: ['medium open-deny-list data["block-cidrs"]']},
    {name: 'a ConfigMap that no controller names', objects: [settings({'block-cidrs': V4}), FRONT], tells: []},
    {name: 'nginx does not listen on IPv6', objects: told4({'block-cidrs': V4, 'disable-ipv6': 'true'}), tells: ['L medium open-deny-list data["block-cidrs"]']},
    {name: 'no Service of a controller has IPv6', objects: [controller(), settings({'block-cidrs': V4}), balancer('other/web', DUAL)], tells: ['L medium open-deny-list data["block-cidrs"]']},
    {name: 'its allow list stands before the deny list of an Ingress', objects: [...told4({'whitelist-source-range': V4}), nginx('denylist-source-range', '10.1.0.0/16')], tells: ['low blocked-family data["whitelist-source-range"]']},
    // ReadConfig of template/configmap.go; the block on real_ip_header of nginx.tmpl.
    {name: 'proxies that are not believed, by default', objects: told4({'use-proxy-protocol': 'true'}), tells: ['low untrusted-proxies data["proxy-real-ip-cidr"]']},
    {name: 'proxies that are not believed', objects: told4({'use-forwarded-headers': 'true', 'proxy-real-ip-cidr': '10.0.0.0/8'}), tells: ['low untrusted-proxies data["proxy-real-ip-cidr"]']},
    {name: 'proxies of both families', objects: told4({'use-proxy-protocol': 'true', 'proxy-real-ip-cidr': '10.0.0.0/8,fd00::/8'}), tells: []},
    {name: 'nobody is asked for the address', objects: told4({'proxy-real-ip-cidr': '10.0.0.0/8'}), tells: []},
    {name: 'the ConfigMap could not be read', objects: [controller(), FRONT], outcomes: {'ingress-nginx-configmaps': 'forbidden'}, tells: [], skip: 'forbidden'},
    {name: 'controllers could not be read', objects: [FRONT], outcomes: {'ingress-nginx-deployments': 'forbidden'}, tells: [], skip: 'forbidden'},
    {name: 'an input without the ConfigMap that is named', objects: [controller(), FRONT], outcomes: {'ingress-nginx-configmaps': 'not-in-input'}, tells: [], skip: 'not-in-input'},
  ])
})

// aws-load-balancer-controller/pkg/ingress/model_build_{listener,managed_sg}.go; apis/{elbv2,gateway}.
describe('ingress-source-filter: AWS', () => {
  const CIDRS = at('inbound-cidrs', 'alb.ingress.kubernetes.io')
  const params = (spec: Json): KubeObject => object('elbv2.k8s.aws/v1beta1', 'IngressClassParams', 'alb', {spec})
  const gateway = (spec: Json): KubeObject => object('gateway.k8s.aws/v1beta1', 'LoadBalancerConfiguration', 'shop/lb', {spec})
  const binding = (spec: Json): KubeObject => object('elbv2.k8s.aws/v1beta1', 'TargetGroupBinding', 'shop/web', {spec})
  const from = (...cidrs: string[]): Json => ({ingress: [{from: cidrs.map(cidr => ({ipBlock: {cidr}})), ports: []}]})
  rowsOf([
    {name: 'inbound-cidrs of IPv4 on a dual-stack load balancer', objects: [alb({'inbound-cidrs': '10.0.0.0/8', 'ip-address-type': 'dualstack'})], tells: [`low blocked-family ${CIDRS}`]},
    {name: '0.0.0.0/0 drops the default of IPv6', objects: [alb({'inbound-cidrs': '0.0.0.0/0', 'ip-address-type': 'dualstack-without-public-ipv4'})], tells: [`low blocked-family ${CIDRS}`]},
    {name: 'on a load balancer of IPv4', objects: [alb({'inbound-cidrs': '10.0.0.0/8', 'ip-address-type': 'ipv4'})], tells: [`L low blocked-family ${CIDRS}`]},
    {name: 'both families', objects: [alb({'inbound-cidrs': '0.0.0.0/0, ::/0', 'ip-address-type': 'dualstack'})], tells: []},
    {name: 'groups of somebody\'s own', objects: [alb({'inbound-cidrs': '10.0.0.0/8', 'ip-address-type': 'dualstack', 'security-groups': 'sg-1'})], tells: []},
    {name: 'the other family in another Ingress of the load balancer', objects: [alb({'inbound-cidrs': '10.0.0.0/8', 'ip-address-type': 'dualstack'}), alb({'inbound-cidrs': '2001:db8:1::/48', 'ip-address-type': 'dualstack'}, {name: 'shop/six'})], tells: []},
    {name: 'in one of another load balancer', objects: [alb({'inbound-cidrs': '10.0.0.0/8', 'ip-address-type': 'dualstack'}), alb({'inbound-cidrs': '10.0.0.0/8, 2001:db8:1::/48'}, {name: 'shop/six', status: [{hostname: 'other'}]})], tells: [`low blocked-family ${CIDRS}`]},
    {name: 'IngressClassParams', objects: [params({inboundCIDRs: ['10.0.0.0/8'], ipAddressType: 'dualstack'})], tells: ['low blocked-family spec.inboundCIDRs']},
    {name: 'IngressClassParams that leave the type to Ingresses', objects: [params({inboundCIDRs: ['10.0.0.0/8']})], tells: ['L low blocked-family spec.inboundCIDRs']},
    {name: 'LoadBalancerConfiguration', objects: [gateway({sourceRanges: ['10.0.0.0/8'], ipAddressType: 'dualstack'})], tells: ['low blocked-family spec.sourceRanges']},
    {name: 'LoadBalancerConfiguration of both', objects: [gateway({sourceRanges: ['10.0.0.0/8', '::/0'], ipAddressType: 'ipv4'})], tells: ['L high wider-ipv6 spec.sourceRanges']},
    {name: 'a target group of IPv6 behind blocks of IPv4', objects: [binding({ipAddressType: 'ipv6', networking: from('10.0.0.0/8')})], tells: ['low blocked-family spec.networking.ingress[0].from']},
    {name: 'a target group of IPv4 behind blocks of IPv4', objects: [binding({networking: from('10.0.0.0/8')})], tells: []},
    {name: 'a block that is none, beside one of its family', objects: [binding({networking: from('10.0.0.0/8', 'rubbish')})], tells: ['info unreadable spec.networking.ingress[0].from']},
    {name: 'a block without a value', objects: [binding({networking: {ingress: [{from: [{ipBlock: {cidr: null}}]}]}})], tells: ['info unreadable spec.networking.ingress[0].from']},
    {name: 'a target group behind a security group', objects: [binding({ipAddressType: 'ipv6', networking: {ingress: [{from: [{securityGroup: {groupID: 'sg-1'}}, {ipBlock: {cidr: '10.0.0.0/8'}}]}]}})], tells: []},
    {name: 'kinds that are not served', objects: [alb({'inbound-cidrs': '0.0.0.0/0, ::/0'})], outcomes: {ingressclassparams: 'not-served', targetgroupbindings: 'not-served', loadbalancerconfigurations: 'not-served'}, tells: []},
    {name: 'a kind that could not be read', objects: [alb({'inbound-cidrs': '0.0.0.0/0, ::/0'})], outcomes: {targetgroupbindings: 'forbidden'}, tells: [], skip: 'forbidden'},
  ])
  it('shows a peer of a target group as it stands there', async () => {
    const {findings: [finding]} = await run([binding({ipAddressType: 'ipv6', networking: from('10.0.0.0/8')})])
    expect(finding?.fix?.text).to.include('to spec.networking.ingress[0].from, for example - ipBlock: {cidr: "2001:db8:1::/48"};')
  })

  it('names whom else the security group lets in', async () => {
    const {findings: [finding]} = await run([alb({'inbound-cidrs': '10.0.0.0/8', 'ip-address-type': 'dualstack', 'security-group-prefix-lists': 'pl-1'})])
    expect(finding?.message).to.match(/over IPv6 nobody but whom the prefix lists of another annotation hold gets in/)
  })
})
