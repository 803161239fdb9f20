import {expect} from 'chai'
import {readAuthorization} from '../../../src/filters/istio/authorization.js'
import {judgeAuthorization} from '../../../src/filters/istio/judge.js'
import type {JsonObject} from '../../../src/kube/json.js'
import {isIn, parseCidr} from '../../../src/network/cidr.js'
import type {Family, Ip} from '../../../src/network/ip.js'
import {parseIp} from '../../../src/network/ip.js'
import type {Random} from '../../differential/random.js'
import {randomFrom} from '../../differential/random.js'
import {object} from '../../support/declared-facts.js'

const BLOCKS = ['0.0.0.0/0', '::/0', '10.0.0.0/8', '10.1.0.0/16', '192.168.1.7', '2000::/3', 'fd00::/8', 'fd00:1::/32', '2600::7']
const ADDRESSES = ['10.0.0.1', '10.1.0.1', '192.168.1.7', '8.8.8.8', '::1', 'fd00::1', 'fd00:1::1', '2600::7', '2600::8'].map(text => parseIp(text)!)

interface Source {
  ipBlocks?: string[]
  notIpBlocks?: string[]
  principals?: string[]
}
interface Rule {
  from?: {source: Source}[]
  to?: {operation: {ports: string[]}}[]
  when?: {key: string; values?: string[]; notValues?: string[]}[]
}
interface Spec {
  action: string
  rules: Rule[]
}
interface Request {
  ip: Ip
  principal: string
  port: string
}

const some = (random: Random): string[] => Array.from({length: 1 + random.below(2)}, () => random.pick(BLOCKS))

function randomSource(random: Random): Source {
  return {...(random.chance(0.6) ? {ipBlocks: some(random)} : {}), ...(random.chance(0.3) ? {notIpBlocks: some(random)} : {}), ...(random.chance(0.15) ? {principals: ['a']} : {})}
}

/** A denial of all for a port shuts what an allowance for that port is about: lists that ask for different things are not held against each other. */
function randomSpec(random: Random): Spec {
  const action = random.pick(['ALLOW', 'DENY'])
  const rules = Array.from({length: random.below(3)}, () => randomRule(random))
  return {action, rules: action === 'ALLOW' ? rules : rules.filter(({from, when, to}) => to === undefined && (when !== undefined || from?.every(({source}) => source.ipBlocks !== undefined || source.notIpBlocks !== undefined) === true))}
}

function randomRule(random: Random): Rule {
  const sources = Array.from({length: random.below(3)}, () => ({source: randomSource(random)})).filter(({source}) => Object.keys(source).length > 0)
  return {
    ...(sources.length === 0 ? {} : {from: sources}),
    ...(random.chance(0.2) ? {to: [{operation: {ports: ['80']}}]} : {}),
    ...(random.chance(0.25) ? {when: [{key: 'source.ip', [random.pick(['values', 'notValues'])]: some(random)}]} : {}),
  }
}

const isInAny = (ip: Ip, blocks: readonly string[]): boolean => blocks.some(text => (text.includes('/') ? isIn(ip, parseCidr(text)!) : parseIp(text)!.text === ip.text))

/** https://istio.io/latest/docs/reference/config/security/authorization-policy/: what is not said matches; each list that is said must match. */
function isMatch({from, to, when}: Rule, {ip, principal, port}: Request): boolean {
  const isFrom = from === undefined || from.some(({source: {ipBlocks, notIpBlocks, principals}}) => (ipBlocks === undefined || isInAny(ip, ipBlocks)) && (notIpBlocks === undefined || !isInAny(ip, notIpBlocks)) && (principals === undefined || principals.includes(principal)))
  const isTo = to === undefined || to.some(({operation: {ports}}) => ports.includes(port))
  return isFrom && isTo && (when ?? []).every(({values, notValues}) => (values === undefined || isInAny(ip, values)) && (notValues === undefined || !isInAny(ip, notValues)))
}

/** DENY first; then one that allows must match, where there is any. */
function isAllowed(specs: readonly Spec[], request: Request): boolean {
  const matches = (action: string): boolean => specs.some(spec => spec.action === action && spec.rules.some(rule => isMatch(rule, request)))
  if (matches('DENY')) return false
  return !specs.some(({action}) => action === 'ALLOW') || matches('ALLOW')
}

describe('authorization policies of Istio, request by request', () => {
  const requests = (family: Family): Request[] => ADDRESSES.filter(ip => ip.family === family).flatMap(ip => ['a', 'b'].flatMap(principal => ['80', '443'].map(port => ({ip, principal, port}))))

  it('somebody gets in over the family that is said to be open, and not everybody over the other', () => {
    const random = randomFrom(5)
    let judged = 0
    for (let round = 0; round < 4000; round++) {
      const specs = Array.from({length: 1 + random.below(3)}, () => randomSpec(random))
      const policies = specs.map((spec, index) => readAuthorization(object('security.istio.io/v1', 'AuthorizationPolicy', `a/p${index}`, {spec: spec as unknown as JsonObject}))!)
      for (const {openFamily, variant} of judgeAuthorization(policies)) {
        if (openFamily === null) continue
        judged++
        const told = `${variant} open ${openFamily}: ${JSON.stringify(specs)}`
        expect(requests(openFamily).some(request => isAllowed(specs, request)), told).to.equal(true)
        expect(requests(openFamily === 4 ? 6 : 4).every(request => isAllowed(specs, request)), told).to.equal(false)
      }
    }
    expect(judged).to.be.above(150)
  })

  it('what is denied whole, or allowed to nobody, is not open', () => {
    const gaps = (...specs: Spec[]): string[] => judgeAuthorization(specs.map((spec, index) => readAuthorization(object('security.istio.io/v1', 'AuthorizationPolicy', `a/p${index}`, {spec: spec as unknown as JsonObject}))!)).map(({variant}) => variant)
    const denied = {action: 'DENY', rules: [{from: [{source: {ipBlocks: ['10.0.0.0/8']}}]}]}
    const allowed = (rules: Rule[]): Spec => ({action: 'ALLOW', rules})
    expect(gaps(denied)).to.deep.equal(['deny-list'])
    expect(gaps(denied, allowed([{from: [{source: {ipBlocks: ['192.168.0.0/16']}}]}]))).to.deep.equal(['blocked-by-allow'])
    expect(gaps(denied, allowed([{from: [{source: {principals: ['a']}}]}]))).to.deep.equal(['deny-list'])
    expect(gaps(denied, allowed([]))).to.deep.equal([])
    expect(gaps(denied, {action: 'DENY', rules: [{from: [{source: {ipBlocks: ['::/0']}}]}]})).to.deep.equal([])
    expect(gaps(denied, {action: 'DENY', rules: [{from: [{source: {ipBlocks: ['::/0']}}], to: [{operation: {ports: ['80']}}]}]})).to.deep.equal(['deny-list'])
  })
})
