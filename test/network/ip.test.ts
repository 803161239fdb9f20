import {expect} from 'chai'
import {parseIp} from '../../src/network/ip.js'
import {isIn, parseCidr, pointOf} from '../../src/network/cidr.js'

describe('parseIp', () => {
  const read: [string, 4 | 6, string][] = [
    ['10.0.0.1', 4, '10.0.0.1'],
    ['010.008.000.09', 4, '10.8.0.9'],
    ['0000000000000010.0.0.0', 4, '10.0.0.0'],
    ['255.255.255.255', 4, '255.255.255.255'],
    ['::ffff:10.0.0.1', 4, '10.0.0.1'],
    ['::ffff:0a00:1', 4, '10.0.0.1'],
    ['0:0:0:0:00000:FFFF:010.0.0.1', 4, '10.0.0.1'],
    ['::10.0.0.1', 6, '::a00:1'],
    ['::fffe:10.0.0.1', 6, '::fffe:a00:1'],
    ['::', 6, '::'],
    ['::1', 6, '::1'],
    ['1::', 6, '1::'],
    ['2001:DB8::1', 6, '2001:db8::1'],
    ['2001:0:0:1:0:0:0:1', 6, '2001:0:0:1::1'],
    ['2001:0:0:1:1:0:0:1', 6, '2001::1:1:0:0:1'],
    ['1:2:3:4:5:6:0:8', 6, '1:2:3:4:5:6:0:8'],
    ['1:2:3:4:5:6:7::', 6, '1:2:3:4:5:6:7:0'],
    ['1:2:3:4:5:6:1.2.3.4', 6, '1:2:3:4:5:6:102:304'],
  ]
  for (const [text, family, canonical] of read) {
    it(`reads ${text} as ${canonical}`, () => expect(parseIp(text)).to.include({family, text: canonical}))
  }

  const refused = [
    '', ' ', '10.0.0', '10.0.0.1.2', '10.0.0.256', '10.0.0.-1', '10..0.1', '.10.0.1', '10.0.0.', '0x0a.0.0.1', '10.0.0.1 ', ' 10.0.0.1', '10.0.0.1\n', '٣.0.0.1',
    ':', ':::', '1:', ':1', '1::2::3', '1:2:3:4:5:6:7', '1:2:3:4:5:6:7:8:9', '1:2:3:4:5:6:7:8::', '::1:2:3:4:5:6:7:8', '12345::', 'g::', 'fe80::1%eth0', '[::1]',
    '1.2.3.4::', '1:1.2.3.4', '::1:2:3:4:5:6:7:1.2.3.4', '::1.2.3.4:1', '::ffff:1.2.3.256', '10.0.0.1:80', '10.0.0.0/8', '-1::', '+1::',
  ]
  for (const text of refused) it(`does not read ${JSON.stringify(text)}`, () => expect(parseIp(text)).to.equal(null))
})

describe('parseCidr', () => {
  const read: [string, string][] = [
    ['10.1.2.3/8', '10.0.0.0/8'],
    ['010.0.0.0/008', '10.0.0.0/8'],
    ['10.0.0.1/0', '0.0.0.0/0'],
    ['::ffff:10.1.2.3/104', '10.0.0.0/8'],
    ['::ffff:0:0/96', '0.0.0.0/0'],
    ['::ffff:10.1.2.3/128', '10.1.2.3/32'],
    ['::ffff:10.1.2.3/95', '::fffe:0:0/95'],
    ['::ffff:10.1.2.3/0', '::/0'],
    ['fd00::1/7', 'fc00::/7'],
    ['::1/128', '::1/128'],
  ]
  for (const [text, canonical] of read) it(`reads ${text} as ${canonical}`, () => expect(parseCidr(text)?.text).to.equal(canonical))

  const refused = ['10.0.0.0', '10.0.0.0/33', '::/129', '/8', '10.0.0.0/', '10.0.0.0/8/8', '10.0.0.0/-1', '10.0.0.0/+8', '10.0.0.0/ 8', '10.0.0.0/255.0.0.0', '10.0.0/8', 'fe80::1%a/64', '::ffff:10.0.0.0/129', '10.0.0.0/0x8']
  for (const text of refused) it(`does not read ${JSON.stringify(text)}`, () => expect(parseCidr(text)).to.equal(null))
})

describe('isIn', () => {
  const rows: [string, string, boolean][] = [
    ['10.255.255.255', '10.0.0.0/8', true],
    ['11.0.0.0', '10.0.0.0/8', false],
    ['8.8.8.8', '::/0', false],
    ['::1', '0.0.0.0/0', false],
    ['::ffff:10.0.0.1', '10.0.0.0/8', true],
    ['fd00::1', 'fc00::/7', true],
  ]
  for (const [ip, cidr, expected] of rows) it(`${ip} is ${expected ? '' : 'not '}in ${cidr}`, () => expect(isIn(parseIp(ip)!, parseCidr(cidr)!)).to.equal(expected))

  it('a point holds itself alone', () => expect(pointOf(parseIp('fd00::1')!).text).to.equal('fd00::1/128'))
})
