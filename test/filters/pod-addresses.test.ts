import {expect} from 'chai'
import {addressTrouble} from '../../src/filters/pod-addresses.js'
import type {Json, KubeObject} from '../../src/kube/json.js'
import type {Family} from '../../src/network/ip.js'
import {podAddresses} from '../../src/network/pod-families.js'

const V4 = '10.244.0.7'
const V6 = 'fd10:244::7'
const pod = (ips: string[], spec: Record<string, Json>): KubeObject => ({apiVersion: 'v1', kind: 'Pod', metadata: {name: 'a'}, spec, status: {podIPs: ips.map(ip => ({ip}))}})
const port = (...hostIPs: string[]): Record<string, Json> => ({containers: [{name: 'side'}, {name: 'main', ports: hostIPs.map(hostIP => ({containerPort: 80, hostPort: 8080, hostIP}))}]})
const servers = (...nameservers: string[]): Record<string, Json> => ({dnsConfig: {nameservers}})
const aliases = (...ips: string[]): Record<string, Json> => ({hostAliases: ips.map(ip => ({ip, hostnames: ['a.example.com']}))})

describe('addressTrouble', () => {
  const rows: [name: string, pod: KubeObject, families: Family[], tells: string[]][] = [
    // fillDnatRules of the plugin portmap.
    ['a host port on an IPv4 address, pod of IPv6', pod([V6], port('10.0.0.1')), [6], ['host-port-not-opened spec.containers[1].ports[0].hostIP 10.0.0.1:8080']],
    ['0.0.0.0, pod of IPv6', pod([V6], port('0.0.0.0')), [6], ['host-port-not-opened spec.containers[1].ports[0].hostIP 0.0.0.0:8080']],
    ['0.0.0.0, pod of both', pod([V4, V6], port('0.0.0.0')), [4, 6], ['host-port-one-family spec.containers[1].ports[0].hostIP 0.0.0.0:8080']],
    ['::, pod of both', pod([V4, V6], port('::')), [4, 6], ['host-port-one-family spec.containers[1].ports[0].hostIP [::]:8080']],
    ['0.0.0.0 and ::, pod of both', pod([V4, V6], port('0.0.0.0', '::')), [4, 6], []],
    ['one address of a node, pod of both', pod([V4, V6], port('10.0.0.1')), [4, 6], []],
    ['0.0.0.0, pod of IPv4', pod([V4], port('0.0.0.0')), [4], []],
    ['0.0.0.0, pod of IPv4 with a hidden way out over IPv6', pod([V4], port('0.0.0.0')), [4, 6], []],
    ['::, pod of IPv4 with a hidden way out over IPv6', pod([V4], port('::')), [4, 6], ['host-port-not-opened spec.containers[1].ports[0].hostIP [::]:8080']],
    ['loopback, pod of IPv6', pod([V6], port('127.0.0.1')), [6], []],
    ['no host port', pod([V6], {containers: [{ports: [{containerPort: 80, hostIP: '0.0.0.0'}]}]}), [6], []],
    ['no hostIP', pod([V6], {containers: [{ports: [{containerPort: 80, hostPort: 80}]}]}), [6], []],
    ['a hostIP that is none', pod([V6], port('office')), [6], []],
    ['name servers of IPv4, pod of IPv6', pod([V6], servers('8.8.8.8', '1.1.1.1')), [6], ['name-servers spec.dnsConfig.nameservers 8.8.8.8 1.1.1.1']],
    ['name servers of IPv4, pod of both', pod([V4, V6], servers('8.8.8.8')), [4, 6], []],
    ['name servers of IPv4, pod of IPv6 with a hidden way out', pod([V6], servers('8.8.8.8')), [4, 6], []],
    ['one name server that it can use', pod([V6], servers('8.8.8.8', '2001:4860:4860::8888')), [6], []],
    ['a name server on loopback', pod([V6], servers('127.0.0.1')), [6], []],
    ['a host alias of IPv4, pod of IPv6', pod([V6], aliases('2600::7', '10.1.2.3')), [6], ['host-aliases spec.hostAliases[1].ip 10.1.2.3']],
    ['a host alias of IPv6, pod of IPv4', pod([V4], aliases('2600::7')), [4], ['host-aliases spec.hostAliases[0].ip 2600::7']],
    ['a host alias on loopback', pod([V6], aliases('127.0.0.1')), [6], []],
    ['a host alias of IPv4, pod of both', pod([V4, V6], aliases('10.1.2.3')), [4, 6], []],
  ]
  for (const [name, one, families, tells] of rows)
    it(name, () => expect(addressTrouble(one, {out: families, in: podAddresses(one).map(({family}) => family)}).map(({variant, path, texts}) => `${variant} ${path} ${texts.join(' ')}`)).to.deep.equal(tells))
})
