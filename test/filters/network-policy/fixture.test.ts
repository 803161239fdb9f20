import {expect} from 'chai'
import type {Family} from '../../../src/network/ip.js'
import type {Plan} from './policy-world.js'
import {GLOBAL, ULA, gapsIn, policy, textsIn, withoutV6} from './policy-world.js'

const RFC = '10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16'
const LL = '169.254.0.0/16'
const IMDS = 'metadata(AWS instance metadata)'
const BOTH = 'metadata(AWS instance metadata, EKS Pod Identity agent)'

interface Row {
  name: string
  policies: readonly object[]
  /** On both plans, unless `ula` says otherwise. */
  dual: readonly string[]
  v6: readonly string[]
  ula?: readonly string[]
  /** Where IPv4 alone is there: said only where it is not `dual` with `L:` in front of what is about IPv6. */
  v4?: readonly string[]
}

const egress = (...blocks: string[]): object[] => [policy([blocks])]
const NOTHING = {dual: [], v6: []}
const BLOCKED = {dual: ['A1/6 medium'], v6: ['A1/6 medium']}
const POD_NODE = {dual: ['S1/6 medium pod node'], v6: ['S1/6 medium pod node'], ula: []}

/** The table of the facts, every row. */
const ROWS: readonly Row[] = [
  {name: 'none', policies: [], ...NOTHING},
  {name: 'default deny', policies: [policy([])], ...NOTHING},
  {name: '{}', policies: [policy([{}])], ...NOTHING},
  {name: 'selectors only', policies: [policy([{to: [{namespaceSelector: {}}, {podSelector: {matchLabels: {app: 'db'}}}]}])], ...NOTHING},
  {name: '0/0', policies: egress('0.0.0.0/0'), ...BLOCKED},
  {name: '0/0 except RFC, LL', policies: egress(`0.0.0.0/0 except ${RFC}, ${LL}`), ...BLOCKED},
  {name: '0/0 except IMDS; ::/0', policies: egress('0.0.0.0/0 except 169.254.169.254/32', '::/0'), dual: [`S1/6 high ${IMDS}`], v6: [`S1/6 high ${IMDS}`]},
  {name: '0/0 except IMDS; ::/0 except its twin', policies: egress('0.0.0.0/0 except 169.254.169.254/32', '::/0 except fd00:ec2::254/128'), ...NOTHING},
  {name: '0/0 except LL; ::/0 except fe80::/10', policies: egress(`0.0.0.0/0 except ${LL}`, '::/0 except fe80::/10'), dual: [`S1/6 high ${BOTH}`], v6: [`S1/6 high ${BOTH}`]},
  {name: '0/0 except RFC, LL; ::/0 except fc00::/7, fe80::/10', policies: egress(`0.0.0.0/0 except ${RFC}, ${LL}`, '::/0 except fc00::/7, fe80::/10'), ...POD_NODE},
  {
    name: 'as above, IPv6 also except pod and node range',
    policies: egress(`0.0.0.0/0 except ${RFC}, ${LL}`, '::/0 except fc00::/7, fe80::/10, 2600:1f13:aa::/64, 2600:1f13:bb::/64'), ...NOTHING,
  },
  {name: '0/0 except RFC; ::/0', policies: egress(`0.0.0.0/0 except ${RFC}`, '::/0'), dual: ['S1/6 medium pod node private service'], v6: ['S1/6 medium pod node private service']},
  {name: '0/0 except RFC, LL; 2000::/3', policies: egress(`0.0.0.0/0 except ${RFC}, ${LL}`, '2000::/3'), ...POD_NODE},
  {name: '0/0 except RFC, LL; fc00::/7', policies: egress(`0.0.0.0/0 except ${RFC}, ${LL}`, 'fc00::/7'), dual: ['A2/6 low', `S1/6 high ${BOTH}`], v6: ['A2/6 low', `S1/6 high ${BOTH}`]},
  {name: '203.0.113.0/24; ::/0', policies: egress('203.0.113.0/24', '::/0'), dual: ['S2/6 high'], v6: ['S2/6 high']},
  // A latent S2 does not hide that IPv4, which is there, is blocked.
  {name: '::/0', policies: egress('::/0'), dual: ['S2/6 high'], v6: [], v4: ['A1/4 medium', 'L:S2/6 high']},
  {name: '0/0 except 8.8.8.8; ::/0', policies: egress('0.0.0.0/0 except 8.8.8.8/32', '::/0'), dual: ['S1/6 low public'], v6: ['S1/6 low public']},
  {name: '0/0; 2001:4860:4860::/48', policies: egress('0.0.0.0/0', '2001:4860:4860::/48'), dual: ['A2/6 low'], v6: ['A2/6 low']},
  {name: '0/0; ::/0 except the twin of IMDS', policies: egress('0.0.0.0/0', '::/0 except fd00:ec2::254/128'), dual: [`S1/4 high ${IMDS}`], v6: []},
  {name: '0.0.0.0/1, 128.0.0.0/1, ::/0', policies: egress('0.0.0.0/1', '128.0.0.0/1', '::/0'), ...NOTHING},
  {
    name: '0/0 port 443; ::/0 all ports',
    policies: [policy([{to: [{ipBlock: {cidr: '0.0.0.0/0'}}], ports: [{protocol: 'TCP', port: 443}]}, ['::/0']])],
    dual: ['S2/6 high'], v6: ['S2/6 high'], v4: ['A1/4 medium', 'L:S2/6 high'],
  },
  {name: '0/0 except IMDS; ::/0; and {} in a second policy', policies: [...egress('0.0.0.0/0 except 169.254.169.254/32', '::/0'), policy([{}], {name: 'q'})], ...NOTHING},
  {name: '::ffff:0:0/96', policies: egress('::ffff:0:0/96'), ...BLOCKED},
  {name: '10.96.0.10/32 UDP 53', policies: [policy([{to: [{ipBlock: {cidr: '10.96.0.10/32'}}], ports: [{protocol: 'UDP', port: 53}]}])], dual: ['A1/6 low'], v6: ['A1/6 low']},
  {name: '10.0.0.0/8; fd00::/8', policies: egress('10.0.0.0/8', 'fd00::/8'), ...NOTHING},
  {name: '10.0.0.0/8; 2600:1f13::/32', policies: egress('10.0.0.0/8', '2600:1f13::/32'), ...NOTHING},
  {name: '2001:db8:9::/48', policies: egress('2001:db8:9::/48'), dual: ['A1/4 low'], v6: []},
]

const PLANS: Readonly<Record<'global' | 'ula', Plan>> = {global: GLOBAL, ula: ULA}

/** `L:` in front of what is about IPv6. */
const latent = (texts: readonly string[]): string[] => texts.map(text => (/^..\/6/.test(text) ? `L:${text}` : text))

/** Without ranges of IPv6 nothing is known of its pods, Services and nodes, and no ULA is in use. */
const unknown = (texts: readonly string[]): string[] => texts.map(text => text.replace(/ medium pod node private service$/, ' low private')).filter(text => !/ pod node$/.test(text))

function expected(row: Row, plan: keyof typeof PLANS, state: State): readonly string[] {
  const isUla = plan === 'ula' && row.ula !== undefined
  const dual = isUla ? row.ula : row.dual
  if (state.families.length === 2) return dual ?? []
  if (state.families[0] === 6) return isUla ? row.ula ?? [] : row.v6
  const v4 = row.v4 ?? latent(dual ?? [])
  return (state.hasV6Ranges ? v4 : unknown(v4)).toSorted()
}

interface State {
  name: string
  families: readonly Family[]
  hasV6Ranges: boolean
}

const STATES: readonly State[] = [
  {name: 'dual', families: [4, 6], hasV6Ranges: true},
  {name: 'IPv6 alone', families: [6], hasV6Ranges: true},
  {name: 'IPv4 alone, ranges of both', families: [4], hasV6Ranges: true},
  {name: 'IPv4 alone', families: [4], hasV6Ranges: false},
]

describe('NetworkPolicy: the table of expected results', () => {
  for (const row of ROWS) for (const plan of ['global', 'ula'] as const) for (const state of STATES) {
    it(`${row.name}; plan ${plan}; ${state.name}`, async () => {
      // The row that names the ranges of pods and nodes names those of the plan.
      const policies = plan === 'ula' ? JSON.parse(JSON.stringify(row.policies).replaceAll('2600:1f13:aa::/64', 'fd10:244::/56').replaceAll('2600:1f13:bb::/64', 'fd20:1::/64')) as object[] : row.policies
      const texts = await textsIn({policies, families: state.families, plan: state.hasV6Ranges ? PLANS[plan] : withoutV6(PLANS[plan])})
      expect(texts).to.deep.equal([...expected(row, plan, state)].toSorted())
    })
  }

  it('tells that ::ffff:0:0/96 is IPv4', async () => {
    const {notation} = await gapsIn({policies: egress('::ffff:0:0/96')})
    expect(notation.map(({kind, path, meaning}) => [kind, path, meaning])).to.deep.equal([['mapped', 'spec.egress[0].to[0].ipBlock.cidr', '0.0.0.0/0']])
  })

  it('takes a Service of one family for one that has no IPv6 address to name', async () => {
    const dns = (policyOf: string): object => ({apiVersion: 'v1', kind: 'Service', metadata: {namespace: 'kube-system', name: 'dns'}, spec: {clusterIP: '10.96.0.10', clusterIPs: ['10.96.0.10'], ipFamilyPolicy: policyOf}})
    const policies = ROWS.find(({name}) => name.startsWith('10.96.0.10'))!.policies
    for (const families of [[4, 6], [6], [4]] as const) expect(await textsIn({policies, families, others: [dns('SingleStack')]})).to.deep.equal([])
    expect(await textsIn({policies, others: [dns('PreferDualStack')]})).to.deep.equal(['A1/6 low'])
  })
})
