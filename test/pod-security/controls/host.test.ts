import {expect} from 'chai'
import type {JsonObject} from '../../../src/kube/json.js'
import {containers, placesOf, spec, windowsOf} from './windows.js'

windowsOf('hostNamespaces', [
  ['false, null, unset', spec({hostNetwork: false, hostPID: null}), {0: null}],
  ['each', spec({hostPID: true}), {0: 'host namespaces (hostPID=true)'}],
  ['all, in their own order', spec({hostIPC: true, hostPID: true, hostNetwork: true}), {0: 'host namespaces (hostNetwork=true, hostPID=true, hostIPC=true)'}],
  ['hostUsers is no such thing', spec({hostUsers: true}), {0: null}],
])

const ports = (...list: (number | null)[]): JsonObject => ({ports: list.map(hostPort => ({containerPort: 1, hostPort}))})

windowsOf('hostPorts', [
  ['0, null, unset, null entry', spec({containers: [...containers({ports: [{containerPort: 80}, {hostPort: 0}, {hostPort: null}, null]}), {ports: null}]}), {0: null}],
  ['one', spec({containers: containers(ports(8080))}), {0: 'hostPort (container "a" uses hostPort 8080)'}],
  ['two containers, one port', spec({containers: containers(ports(80), ports(80))}), {0: 'hostPort (containers "a", "b" use hostPort 80)'}],
  ['sorted as texts', spec({containers: containers(ports(9, 30, 10, 20))}), {0: 'hostPort (container "a" uses hostPorts 10, 20, 30, 9)'}],
  ['ephemeral', spec({ephemeralContainers: containers(ports(1))}), {0: 'hostPort (container "a" uses hostPort 1)'}],
])

const http = (host: string | null): JsonObject => ({httpGet: {host, port: 80}})
const tcp = (host: string): JsonObject => ({tcpSocket: {host, port: 80}})

windowsOf('hostProbesAndHostLifecycle', [
  ['none, empty, null, exec, grpc', spec({containers: containers({livenessProbe: http(''), readinessProbe: http(null), startupProbe: {exec: {command: ['x']}}, lifecycle: {preStop: null, postStart: {httpGet: {}}}}, {livenessProbe: {grpc: {port: 1}}}, {lifecycle: null})}), {34: null}],
  ['from 1.34 on, the loopback address too', spec({containers: containers({livenessProbe: http('127.0.0.1')})}), {34: 'probe or lifecycle host (container "a" uses probe or lifecycle host "127.0.0.1")'}],
  ['each of the five, by either way', spec({initContainers: containers(
    {livenessProbe: tcp('1')}, {readinessProbe: http('2')}, {startupProbe: tcp('3')}, {lifecycle: {postStart: http('4')}}, {lifecycle: {preStop: tcp('5')}},
  )}), {34: 'probe or lifecycle host (containers "a", "b", "c", "d", "e" use probe or lifecycle hosts "1", "2", "3", "4", "5")'}],
  ['names are sorted, and each name and host is said once', spec({
    initContainers: [{name: 'z', livenessProbe: http('b'), readinessProbe: {httpGet: {host: 'a'}, tcpSocket: {host: 'b'}}}], containers: [{name: 'y', startupProbe: http('b')}], ephemeralContainers: [{name: 'z', livenessProbe: http('a')}],
  }), {34: 'probe or lifecycle host (containers "y", "z" use probe or lifecycle hosts "a", "b")'}],
])

describe('places on the host', () => {
  it('names the field itself', () => {
    expect(placesOf('hostNamespaces', spec({hostNetwork: true, hostIPC: true}))).to.deep.equal(['spec.hostNetwork | - | true | false', 'spec.hostIPC | - | true | false'])
    expect(placesOf('hostPorts', spec({containers: containers({ports: [{containerPort: 1}, {hostPort: 5}, {hostPort: 5}]})}))).to.deep.equal([
      'spec.containers[0].ports[1].hostPort | a | 5 | unset', 'spec.containers[0].ports[2].hostPort | a | 5 | unset',
    ])
    const probed = {livenessProbe: {httpGet: {host: 'h'}, tcpSocket: {host: 't'}}, lifecycle: {preStop: {httpGet: {host: 'p'}}}}
    expect(placesOf('hostProbesAndHostLifecycle', spec({containers: [{name: 'a'}, {name: 'b', ...probed}]}))).to.deep.equal([
      'spec.containers[1].livenessProbe.httpGet.host | b | "h" | unset', 'spec.containers[1].livenessProbe.tcpSocket.host | b | "t" | unset', 'spec.containers[1].lifecycle.preStop.httpGet.host | b | "p" | unset',
    ])
  })
})
