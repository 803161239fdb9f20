import {expect} from 'chai'
import {parseIp} from '../../src/network/ip.js'
import {KNOWN_BLOCKS, blocksOf, knownBlockOf} from '../../src/network/well-known.js'

describe('knownBlockOf', () => {
  const rows: [string, string | null][] = [
    ['169.254.169.254', 'metadata'],
    ['::ffff:169.254.169.254', 'metadata'],
    ['169.254.169.253', 'link-local'],
    ['fd00:ec2::254', 'metadata'],
    ['fd00:ec2::255', 'private'],
    ['168.63.129.16', 'metadata'],
    ['168.63.129.17', null],
    ['100.100.100.200', 'metadata'],
    ['100.100.100.201', 'shared'],
    ['0.0.0.0', 'unspecified'],
    ['0.0.0.1', 'reserved'],
    ['::', 'unspecified'],
    ['127.8.8.8', 'loopback'],
    ['::1', 'loopback'],
    ['::2', null],
    ['fe80::a9fe:a9fe', 'metadata'],
    ['fe80::1', 'link-local'],
    ['239.0.0.1', 'multicast'],
    ['ff02::1', 'multicast'],
    ['203.0.113.9', 'documentation'],
    ['2001:db8:1::', 'documentation'],
    ['3fff:fff::1', 'documentation'],
    ['3fff:1000::', null],
    ['172.31.255.255', 'private'],
    ['172.32.0.0', null],
    ['64:ff9b::808:808', 'reserved'],
    ['8.8.8.8', null],
    ['2606:4700::1111', null],
  ]
  for (const [text, kind] of rows) it(`${text} is ${kind ?? 'ordinary'}`, () => expect(knownBlockOf(parseIp(text)!)?.kind ?? null).to.equal(kind))

  it('every block has a name and a source', () => {
    for (const {name, source, cidr} of KNOWN_BLOCKS) expect(name !== '' && source !== '', cidr.text).to.equal(true)
  })
  it('the private blocks are RFC 1918 and ULA', () => {
    expect(blocksOf('private').map(({text}) => text)).to.deep.equal(['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7'])
  })
})
