import {execFileSync} from 'node:child_process'
import {mkdtempSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {fileURLToPath} from 'node:url'
import {expect} from 'chai'
import {parseCidr} from '../../src/network/cidr.js'
import {parseIp} from '../../src/network/ip.js'
import type {Random} from './random.js'
import {randomFrom} from './random.js'

/**
 * Our reading of addresses and blocks beside that of Kubernetes' own library,
 * on spellings that are meant to tell two parsers apart.
 */
const RUNS = 60_000

describe('addresses as k8s.io/utils/net reads them', () => {
  const directory = mkdtempSync(join(tmpdir(), 'sloppy-ip-'))
  const binary = join(directory, 'judge')
  before(function () {
    this.timeout(120_000)
    if (!build(binary)) {
      console.log('      skipped: no Go here, or its modules are out of reach')
      this.skip()
    }
  })
  after(() => rmSync(directory, {recursive: true, force: true}))

  it(`agrees on ${RUNS} spellings`, () => {
    const random = randomFrom(1)
    const texts = [...HOSTILE, ...Array.from({length: RUNS}, () => spelling(random))]
    const input = texts.map(text => JSON.stringify(text)).join('\n')
    const lines = execFileSync(binary, {input, maxBuffer: 1 << 28}).toString().trimEnd().split('\n')
    expect(lines.length).to.equal(texts.length)
    let read = 0
    for (const [index, text] of texts.entries()) {
      const answer: unknown = JSON.parse(lines[index]!)
      const ours = [parseIp(text)?.text ?? '', parseCidr(text)?.text ?? '']
      if (ours[0] !== '' || ours[1] !== '') read++
      expect(ours, JSON.stringify(text)).to.deep.equal(answer)
    }
    // Spellings that both refuse prove little.
    expect(read).to.be.greaterThan(RUNS / 4)
  }).timeout(60_000)
})

function build(binary: string): boolean {
  try {
    execFileSync('go', ['build', '-o', binary, '.'], {cwd: fileURLToPath(new URL('sloppy-ip', import.meta.url)), stdio: 'ignore'})
    return true
  } catch {
    return false
  }
}

const HOSTILE = [
  '', '/', ':', '::', ':::', '::/0', '0.0.0.0/0', '::ffff:0:0/96', '::ffff:10.0.0.0/95', '::ffff:10.0.0.0/96', '::ffff:10.0.0.0/104', '::ffff:10.1.2.3/128', '::FFFF:010.001.002.003',
  '010.08.09.1/08', '1.2.3.4/032', '1.2.3.4/0032', '1.2.3.4/00000000000000000032', '1.2.3.4/33', '1.2.3.4/-0', '1.2.3.4/+8', '1.2.3.4/8 ', ' 1.2.3.4', '1.2.3.4\n', '1.2.3.4\u0000',
  'fe80::1%eth0', 'fe80::1%eth0/64', '[::1]', '1:2:3:4:5:6:7::', '::2:3:4:5:6:7:8', '1::2:3:4:5:6:7:8', '1:2:3:4:5:6:1.2.3.4', '1:2:3:4:5:1.2.3.4', '1.2.3.4::', '::1.2.3.4:5',
  '00000001::', '000000000000000000000001::', '::fffff', '::0x1', '١.2.3.4', '::ffff:1.2.3', '1.2.3.4.5', '16777216.0.0.0', '::16777216', '1e1.0.0.0', '::1:2.3.4.5',
]

const PARTS = ['0', '1', '9', '10', '010', '0010', '255', '256', '00255', 'ffff', 'FFFF', '0ffff', 'a', 'g', '', '08', '1000', '99999', 'fe80', '-1', '+1', ' ', '%1', '٣']
const SEPARATORS = ['.', '.', '.', ':', ':', '::', '/', '']
const LENGTHS = ['/0', '/8', '/08', '/24', '/32', '/33', '/64', '/95', '/96', '/97', '/104', '/128', '/129', '/', '/x', '']

function spelling(random: Random): string {
  const shape = random.below(5)
  if (shape === 0) return Array.from({length: 1 + random.below(10)}, () => random.pick(PARTS) + random.pick(SEPARATORS)).join('')
  if (shape === 1) return Array.from({length: 4}, () => random.pick(PARTS.slice(0, 9))).join('.') + random.pick(LENGTHS)
  const group = (): string => (random.below(3) === 0 ? '0' : random.below(0x1_0000).toString(16).padStart(random.below(7), '0'))
  const groups = Array.from({length: 8}, group)
  const tail = random.below(4) === 0 ? [`${random.below(256)}.${random.below(256)}.0${random.below(256)}.${random.below(300)}`] : []
  if (shape === 2) return groups.slice(0, 8 - 2 * tail.length).concat(tail).join(':') + random.pick(LENGTHS)
  if (shape === 3) return `::ffff:${tail[0] ?? groups.slice(0, 2).join(':')}${random.pick(LENGTHS)}`
  return `${groups.slice(0, random.below(5)).join(':')}::${[...groups.slice(0, random.below(4)), ...tail].join(':')}${random.pick(LENGTHS)}`
}
