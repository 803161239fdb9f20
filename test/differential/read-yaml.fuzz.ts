/**
 * Holds the reader against the YAML stage of kubectl: whatever we accept,
 * go-yaml must accept and read to the same JSON. Needs Go.
 *
 *     npx tsx test/differential/read-yaml.fuzz.ts --runs 200000 --seed 1
 *
 * `--why` adds where we are the stricter one.
 */
import {readFileSync, readdirSync} from 'node:fs'
import {parseArgs} from 'node:util'
import {jsonOf} from '../../src/kubeconfig/node-json.js'
import {readYaml} from '../../src/kubeconfig/read-yaml.js'
import {READ, REFUSED} from '../kubeconfig/read-yaml.rows.js'
import {buildGoYaml} from './go-yaml.js'
import type {GoAnswer} from './go-yaml.js'
import type {Random} from './random.js'
import {randomFrom} from './random.js'
import {aliasHeavy, mutated, styledDocument, tokenSoup} from './yaml-cases.js'

const BATCH = 20_000
const MOST_SHOWN = 20

const {values} = parseArgs({options: {runs: {type: 'string', default: '100000'}, seed: {type: 'string', default: '1'}, why: {type: 'boolean', default: false}}})
const random = randomFrom(Number(values.seed))
const samples = new URL('../kubeconfig/samples/', import.meta.url)
const seeds = [
  ...readdirSync(samples).map(name => readFileSync(new URL(name, samples))),
  ...[...READ, ...REFUSED].map(([, text]) => Buffer.from(text)),
].map(bytes => bytes.toString('latin1'))
const askGo = buildGoYaml()

const stricter = new Map<string, number>()
checkRows()
const count = {runs: 0, bothRead: 0, onlyGo: 0, neither: 0, wrong: 0}
while (count.runs < Number(values.runs)) {
  const documents = Array.from({length: Math.min(BATCH, Number(values.runs) - count.runs)}, () => makeCase(random))
  askGo(documents).forEach((answer, index) => compare(documents[index]!, answer))
}
if (values.why) for (const [message, times] of [...stricter].toSorted((a, b) => b[1] - a[1])) console.log(`${times}\t${message}`)
console.log(JSON.stringify({seed: Number(values.seed), ...count}))
process.exitCode = count.wrong === 0 ? 0 : 1

/** The expectations of the unit test are go-yaml's own. */
function checkRows(): void {
  askGo(READ.map(([, text]) => Buffer.from(text))).forEach((answer, index) => {
    const [name, , json] = READ[index]!
    if (answer.status !== 'ok' || !isEqual(json, JSON.parse(answer.text))) throw new Error(`${name}: go-yaml says ${answer.text}`)
  })
}

function makeCase(random: Random): Uint8Array {
  const kind = random.below(10)
  if (random.chance(0.002)) return encode(random, aliasHeavy(random))
  if (kind < 4) return encode(random, tokenSoup(random))
  if (kind < 7) return encode(random, styledDocument(random))
  if (kind === 7) return encode(random, mutated(random, styledDocument(random)))
  // Samples as bytes, so that their own encoding is mutated as well.
  return Buffer.from(mutated(random, random.pick(seeds)), random.chance(0.7) ? 'latin1' : 'utf8')
}

function encode(random: Random, document: string): Uint8Array {
  // go-yaml decodes in pieces of 512 bytes and scans in pieces of 1536: put tokens on their borders as well.
  const text = random.chance(0.1) ? `#${random.pick(['x', 'é', '日', ' ']).repeat(random.below(1600))}\n${document}` : document
  if (random.chance(0.97)) return Buffer.from(text)
  const little = Buffer.from(`\ufeff${text}`, 'utf16le')
  return random.chance(0.5) ? little : little.swap16()
}

function compare(document: Uint8Array, go: GoAnswer): void {
  count.runs++
  const ours = readYaml(document)
  if (!ours.ok) {
    count[go.status === 'error' ? 'neither' : 'onlyGo']++
    if (go.status === 'ok') stricter.set(ours.failure.message, (stricter.get(ours.failure.message) ?? 0) + 1)
    return
  }
  const isSame = go.status === 'ok' && isEqual(jsonOf(ours.root), JSON.parse(go.text))
  count[isSame ? 'bothRead' : 'wrong']++
  if (isSame || count.wrong > MOST_SHOWN) return
  console.log(`\n${JSON.stringify(Buffer.from(document).toString())}\n  ours: ${JSON.stringify(jsonOf(ours.root))}\n  go:   ${go.status} ${go.text}`)
}

function isEqual(a: unknown, b: unknown): boolean {
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return a === b
  if (Array.isArray(a) !== Array.isArray(b)) return false
  const keys = Object.keys(a)
  return keys.length === Object.keys(b).length
    && keys.every(key => Object.hasOwn(b, key) && isEqual((a as Record<string, unknown>)[key], (b as Record<string, unknown>)[key]))
}
