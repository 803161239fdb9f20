import {expect} from 'chai'
import {placesOf, spec, windowsOf} from './windows.js'

const of = (...names: (string | null)[]): ReturnType<typeof spec> => spec({securityContext: {sysctls: names.map(name => ({name, value: '1'}))}})
const said = (names: string): string => `forbidden sysctls (${names})`

const SINCE: readonly [from: number, names: readonly string[]][] = [
  [27, ['net.ipv4.ip_local_reserved_ports']],
  [29, ['net.ipv4.tcp_keepalive_time', 'net.ipv4.tcp_fin_timeout', 'net.ipv4.tcp_keepalive_intvl', 'net.ipv4.tcp_keepalive_probes']],
  [32, ['net.ipv4.tcp_rmem', 'net.ipv4.tcp_wmem']],
  [37, ['net.ipv4.tcp_slow_start_after_idle', 'net.ipv4.tcp_notsent_lowat']],
]

windowsOf('sysctls', [
  ['what was always allowed', of('kernel.shm_rmid_forced', 'net.ipv4.ip_local_port_range', 'net.ipv4.tcp_syncookies', 'net.ipv4.ping_group_range', 'net.ipv4.ip_unprivileged_port_start'), {0: null}],
  ...SINCE.flatMap(([from, names]) => names.map(name => [`${name} from 1.${from}`, of(name), {0: said(name), [from]: null}] as const)),
  ['as they stand: in their order, with doubles, one word for all', of('z', 'net.ipv4.tcp_rmem', 'a', 'z'), {0: said('z, net.ipv4.tcp_rmem, a, z'), 32: said('z, a, z')}],
  ['the spelling with slashes', of('net/ipv4/tcp_syncookies'), {0: said('net/ipv4/tcp_syncookies')}],
  ['no name, null entry', spec({securityContext: {sysctls: [{}, null, {name: null}]}}), {0: said(', , ')}],
  ['null list', spec({securityContext: {sysctls: null}}), {0: null}],
])

it('places of sysctls', () => expect(placesOf('sysctls', of('net.ipv4.tcp_rmem', 'kernel.msgmax'))).to.deep.equal(['spec.securityContext.sysctls[1].name | - | "kernel.msgmax" | removed']))
