import {expect} from 'chai'
import {SPEC_TARGET, STATUS_TARGET, shapeOf} from '../../src/admission/cel-shapes.js'
import {STATUS_RULE, specRule} from '../../src/admission/external-ip-fix/cel-rules.js'
import {parseCidr} from '../../src/network/cidr.js'
import {normalised} from '../../src/admission/cel-tokens.js'

describe('a CEL expression without its outer brackets', () => {
  const rows: [string, string][] = [
    ['a', 'a'], ['(a)', 'a'], ['((a))', 'a'], ['(a)&&(b)', '( a ) && ( b )'], ['((a)&&(b))', '( a ) && ( b )'],
    ['()', ''], ['', ''], ['f(a)', 'f ( a )'], ["('(')", '"("'],
  ]
  for (const [given, wanted] of rows) it(`${given || 'nothing'} is ${wanted || 'nothing'}`, () => expect(normalised(given)).to.equal(wanted))

  it('is found in one pass, however many brackets there are', () => {
    const many = 200_000
    expect(normalised(`${'('.repeat(many)}true${')'.repeat(many)}`)).to.equal('true')
  }).timeout(3000)
})

const ABSENT = '!has(object.spec.externalIPs)'
const IPS = 'object.spec.externalIPs'
const OLD = 'oldObject != null && has(oldObject.spec.externalIPs) && ip in oldObject.spec.externalIPs'

describe('a CEL expression about spec.externalIPs', () => {
  const denies: string[] = [
    ABSENT, `(${ABSENT})`, `! has( object . spec . externalIPs )  // no external IPs`, `!has(object.spec.externalIPs)\n|| size(${IPS}) == 0`,
    `${ABSENT} || ${IPS}.size() == 0`, `${ABSENT} || (${IPS} == [])`, `!(has(${IPS}) && size(${IPS}) > 0)`, `!(has(${IPS}) && ${IPS}.size() != 0)`,
    'size(object.spec.?externalIPs.orValue([])) == 0', 'object.spec.?externalIPs.orValue([]).size() == 0', 'object.spec.?externalIPs.orValue([]) == []',
    `${ABSENT} || ${IPS}.all(ip, ${OLD})`, `${ABSENT} || ${IPS}.all(x, ${OLD.replace('ip in', 'x in')})`, `object.spec.?externalIPs.orValue([]).all(ip, ${OLD})`,
    `${ABSENT} || ${IPS}.all(ip, false)`, `${ABSENT} || ${IPS}.all(ip, (false))`, `${ABSENT} || ${IPS}.all(ip, ip in [])`,
  ]
  for (const expression of denies) it(`refuses: ${expression}`, () => expect(shapeOf(expression, SPEC_TARGET)).to.deep.equal({kind: 'denies'}))

  const lists: [expression: string, allowed: string[]][] = [
    [`${ABSENT} || ${IPS}.all(ip, ip in ["192.0.2.1"])`, ['192.0.2.1']],
    [`${ABSENT} || ${IPS}.all(ip, ip in ['192.0.2.1', '2001:db8::1'])`, ['192.0.2.1', '2001:db8::1']],
    [`${ABSENT} || ${IPS}.all(a, cidr('192.0.2.0/24').containsIP(a))`, ['192.0.2.0/24']],
    [`${ABSENT} || ${IPS}.all(ip, ip == '192.0.2.1' || ip in ["192.0.2.2"])`, ['192.0.2.1', '192.0.2.2']],
    [`${ABSENT} || ${IPS}.all(ip, ${OLD} || ip == '192.0.2.1')`, ['192.0.2.1']],
    [`${ABSENT} || ${IPS}.all(ip, ${OLD} || isIP(ip) && (cidr('192.0.2.0/24').containsIP(ip) || cidr('2001:db8::/64').containsIP(ip)))`, ['192.0.2.0/24', '2001:db8::/64']],
    [`${ABSENT} || ${IPS}.all(ip, (${OLD}) || (isIP(ip) && cidr('192.0.2.0/24').containsIP(ip)))`, ['192.0.2.0/24']],
    [`${ABSENT} || ${IPS}.all(cidr, cidr('192.0.2.0/24').containsIP(cidr))`, ['192.0.2.0/24']],
    [`${ABSENT} || ${IPS}.all(ip, cidr('192.0.2.0/24').containsIP(ip(ip)) || cidr("2001:db8::/64").containsIP(ip))`, ['192.0.2.0/24', '2001:db8::/64']],
  ]
  for (const [expression, allowed] of lists) it(`lets through ${allowed.join(', ')}: ${expression}`, () => expect(shapeOf(expression, SPEC_TARGET)).to.deep.equal({kind: 'allow-list', allowed}))

  const unknown: [why: string, expression: string][] = [
    ['nothing', ''],
    ['always true', 'true'],
    ['the comment is what refuses', `true // ${ABSENT}`],
    ['a comment up to the end', `// ${ABSENT}`],
    ['a way past after it', `${ABSENT} || true`],
    ['a way past before it', `true || ${ABSENT}`],
    ['a way past in a longer form', `${ABSENT} || ${IPS}.all(ip, false) || object.metadata.name == "x"`],
    ['a second list after the first', `${ABSENT} || ${IPS}.all(ip, ip in ["a"]) || ${IPS}.all(ip, ip in ["b"])`],
    ['a choice around it: || binds before ?', `${ABSENT} || ${IPS}.all(ip, false) ? true : true`],
    ['a choice around it, in brackets', `${ABSENT} || ${IPS}.all(ip, false) ? true : (true)`],
    ['a choice that asks it', `${ABSENT} ? true : true`],
    ['a choice in the list', `${ABSENT} || ${IPS}.all(ip, true ? true : false)`],
    ['two in brackets that are not one', `${ABSENT} || ${IPS}.all(ip, (false) || (true))`],
    ['refused only with something else', `${ABSENT} || object.spec.type == "ClusterIP" && ${IPS}.all(ip, false)`],
    ['one instead of all', `${ABSENT} || ${IPS}.exists(ip, false)`],
    ['one of the old instead of all', `${ABSENT} || ${IPS}.exists(ip, ${OLD})`],
    ['absence of another field', `!has(object.spec.externalName)`],
    ['absence in the old object', `!has(oldObject.spec.externalIPs)`],
    ['absence in another place', `!has(object.metadata.externalIPs)`],
    ['absence of a longer name', '!has(object.spec.externalIPsX)'],
    ['presence', 'has(object.spec.externalIPs)'],
    ['twice the other way round', '!!has(object.spec.externalIPs)'],
    ['other lists', `${ABSENT} || object.spec.clusterIPs.all(ip, false)`],
    ['other old lists', `${ABSENT} || ${IPS}.all(ip, oldObject != null && has(oldObject.spec.externalIPs) && ip in oldObject.spec.clusterIPs)`],
    ['the new object for the old', `${ABSENT} || ${IPS}.all(ip, ${OLD.replaceAll('oldObject', 'object')})`],
    ['no old object: everything passes', `${ABSENT} || ${IPS}.all(ip, ${OLD.replace('oldObject != null &&', 'oldObject == null ||')})`],
    ['any length but one', `${ABSENT} || size(${IPS}) == 1`],
    ['at most some', `${ABSENT} || size(${IPS}) <= 0`],
    ['a length in another notation', `${ABSENT} || size(${IPS}) == 0x10`],
    ['a variable of the policy', 'variables.noIPs'],
    ['a variable that looks like the object', `!has(variables.object.spec.externalIPs)`],
    ['a loop variable by the name of the old object', `${ABSENT} || ${IPS}.all(oldObject, ${OLD})`],
    ['a loop variable that nobody asks', `${ABSENT} || ${IPS}.all(x, ${OLD})`],
    ['a loop variable by the name of a field', `${ABSENT} || ${IPS}.all(spec, ${OLD.replace('ip in', 'spec in')})`],
    ['an address that is not the one of the loop', `${ABSENT} || ${IPS}.all(x, ip in ["a"])`],
    ['a macro that takes two variables', `${ABSENT} || ${IPS}.all(i, ip, false)`],
    ['a string around it', `"${ABSENT}"`],
    ['a string that ends early', `${ABSENT} || ${IPS}.all(ip, ip in ["a"]) || "]" == "]"`],
    ['a raw string', `${ABSENT} || ${IPS}.all(ip, ip in [r"192.0.2.1"])`],
    ['a raw string that ends in a backslash', String.raw`${ABSENT} || ${IPS}.all(ip, ip in [r"\"]) || true || "" in ["]) //"]`],
    ['bytes', `${ABSENT} || ${IPS}.all(ip, ip in [b"192.0.2.1"])`],
    ['three quotes', `${ABSENT} || ${IPS}.all(ip, ip in ["""192.0.2.1"""])`],
    ['an escape in an address', String.raw`${ABSENT} || ${IPS}.all(ip, ip in ["\x31.2.3.4"])`],
    ['a list with a word that is no text', `${ABSENT} || ${IPS}.all(ip, ip in ["a", object.metadata.name])`],
    ['a list that grows', `${ABSENT} || ${IPS}.all(ip, ip in ["a"] + ${IPS})`],
    ['blocks without an or', `${ABSENT} || ${IPS}.all(ip, cidr("192.0.2.0/24").containsIP(ip) cidr("10.0.0.0/8").containsIP(ip))`],
    ['blocks joined by and', `${ABSENT} || ${IPS}.all(ip, cidr("192.0.2.0/24").containsIP(ip) && true)`],
    ['a block that is turned round', `${ABSENT} || ${IPS}.all(ip, !cidr("192.0.2.0/24").containsIP(ip))`],
    ['alternatives of which one is always true', `${ABSENT} || ${IPS}.all(ip, ${OLD} || true)`],
    ['alternatives of which one is the new object', `${ABSENT} || ${IPS}.all(ip, ${OLD} || ip in ${IPS})`],
    ['an alternative that ends the loop', `${ABSENT} || ${IPS}.all(ip, ip == "a") || ("b" == "b" || ${IPS}.all(ip, ip == "c"))`],
    ['an alternative outside the loop, in brackets', `${ABSENT} || ${IPS}.all(ip, false) || (true || false)`],
    ['an alternative that asks', `${ABSENT} || ${IPS}.all(ip, false ? false : ip == "a" || true)`],
    ['a guard without its block', `${ABSENT} || ${IPS}.all(ip, isIP(ip))`],
    ['a guard before something else', `${ABSENT} || ${IPS}.all(ip, isIP(ip) && (cidr("192.0.2.0/24").containsIP(ip) || true))`],
    ['a guard turned round', `${ABSENT} || ${IPS}.all(ip, !isIP(ip) && cidr("192.0.2.0/24").containsIP(ip))`],
    ['another address than the loop\'s is equal', `${ABSENT} || ${IPS}.all(ip, "a" == "a")`],
    ['a name in backticks', '!has(object.spec.`externalIPs`)'],
    ['an index in place of a field', '!has(object["spec"].externalIPs)'],
    ['brackets that do not pair', `${ABSENT})`],
    ['brackets around nothing', `${ABSENT} || ()`],
    ['a text that does not end', `${ABSENT} || "`],
    ['the status in place of the spec', '!has(object.status.loadBalancer.ingress)'],
  ]
  for (const [why, expression] of unknown) it(`is unknown, ${why}: ${expression}`, () => expect(shapeOf(expression, SPEC_TARGET)).to.deep.equal({kind: 'unknown'}))
})

describe('what our own policies say', () => {
  const blocks = ['192.0.2.0/24', '198.51.100.7/32'].map(text => parseCidr(text)!)
  const rows: [name: string, expression: string, wanted: unknown][] = [
    ['nothing allowed', specRule([], true).expression, {kind: 'denies'}],
    ['blocks', specRule(blocks, true).expression, {kind: 'allow-list', allowed: ['192.0.2.0/24', '198.51.100.7/32']}],
    ['blocks without functions for addresses', specRule(blocks, false).expression, {kind: 'allow-list', allowed: ['192.0.2.0-192.0.2.255', '198.51.100.7']}],
    ['blocks beyond IPv4', specRule(blocks, false).expression.replace(/<= \d+/, '<= 9999999999'), {kind: 'unknown'}],
    ['blocks with other arithmetic', specRule(blocks, false).expression.replace('part[3]', 'part[2]'), {kind: 'unknown'}],
  ]
  for (const [name, expression, wanted] of rows) it(name, () => expect(shapeOf(expression, SPEC_TARGET)).to.deep.equal(wanted))
  it('about the status', () => expect(shapeOf(STATUS_RULE, STATUS_TARGET)).to.deep.equal({kind: 'denies'}))
})

describe('a CEL expression about the status', () => {
  const rows: [expression: string, kind: string][] = [
    ['!has(object.status.loadBalancer.ingress)', 'denies'],
    ['!has(object.status.loadBalancer) || !has(object.status.loadBalancer.ingress)', 'denies'],
    ['!has(object.status.loadBalancer) || !has(object.status.loadBalancer.ingress) || size(object.status.loadBalancer.ingress) == 0', 'denies'],
    ['!has(object.status.loadBalancer)', 'unknown'],
    ['!has(object.spec.externalIPs)', 'unknown'],
    ['!has(object.status.loadBalancer.ingress) || request.userInfo.username == "x"', 'unknown'],
  ]
  for (const [expression, kind] of rows) it(`${expression} is ${kind}`, () => expect(shapeOf(expression, STATUS_TARGET).kind).to.equal(kind))
})
