/**
 * Holds the evaluator against k8s.io/pod-security-admission: ids, reasons,
 * details and messages of generated pods, byte for byte, at both levels and all
 * versions, as each release of the API server would have it. Needs Go.
 *
 *     npx tsx test/differential/pod-security.fuzz.ts --runs 100000 --seed 1 --servers 24,30,37
 *
 * `--servers all` takes every release since 1.23, `--emulate 34` has the newest
 * play an older one (releases since 1.35 can). `--cover` says what of the
 * reference's own code the pods reached, `--shapes` which of its texts.
 */
import {parseArgs} from 'node:util'
import type {Judged} from '../../src/pod-security/evaluate.js'
import {podCase} from './pod-cases.js'
import {compareMessage, compareOne, newTally} from './pod-compare.js'
import {listedPods} from './pod-listed.js'
import {RELEASES, buildReference} from './pod-security.js'
import {countShapes} from './pod-shapes.js'
import {everyCharacter} from './pod-text.js'
import {randomFrom} from './random.js'

const BATCH = 2000
const MOST_SHOWN = 10

const {values} = parseArgs({options: {
  runs: {type: 'string', default: '5000'}, seed: {type: 'string', default: '1'}, servers: {type: 'string', default: '37'},
  emulate: {type: 'string'}, cover: {type: 'boolean', default: false}, shapes: {type: 'boolean', default: false},
}})
const emulated = values.emulate === undefined ? undefined : Number(values.emulate)
const servers = values.servers === 'all' ? Object.keys(RELEASES).map(Number) : values.servers.split(',').map(Number)

for (const server of servers) {
  const reference = buildReference(server, {hasCoverage: values.cover})
  try {
    run(server, reference)
    if (values.cover) printCoverage(reference.coverage())
  } finally {
    reference.remove()
  }
}

function run(server: number, reference: ReturnType<typeof buildReference>): void {
  const random = randomFrom(Number(values.seed))
  const tally = newTally()
  const shapes = countShapes()
  const start = performance.now()
  const show = (pod: Judged, difference: string | null): void => {
    if (difference !== null && tally.differences <= MOST_SHOWN) console.log(`\n${JSON.stringify(pod).slice(0, 3000)}\n${difference}`)
  }
  const flags = emulated === undefined ? [] : ['-emulate', `v1.${emulated}`]
  const judgeBatch = (pods: readonly Judged[]): void => reference.judge(pods, flags).forEach((answer, index) => show(pods[index]!, compareOne(pods[index]!, answer, {server, emulated, tally, shapes})))
  const characters = everyCharacter()
  reference.judge(characters, ['-level', 'baseline', '-version', 'latest']).forEach((answer, index) => show(characters[index]!, compareMessage(characters[index]!, answer, {server, tally, shapes})))
  judgeBatch(listedPods(server))
  for (let left = Number(values.runs); left > 0; left -= BATCH) judgeBatch(Array.from({length: Math.min(BATCH, left)}, () => podCase(random)))
  const table = shapes.table()
  if (values.shapes) for (const [shape, times] of table) console.log(`${String(times).padStart(9)}  ${shape}`)
  const {notUnderstood, ...counts} = tally
  console.log(JSON.stringify({server: RELEASES[server], seed: Number(values.seed), ...counts, texts: table.length, seconds: Math.round((performance.now() - start) / 100) / 10}))
  if (values.shapes) console.log(`fields that only the reference refuses: ${[...notUnderstood].toSorted().join(' ')}`)
  if (tally.differences > 0 || tally.results === 0) process.exitCode = 1
}

function printCoverage({share, missed}: {share: string; missed: string[]}): void {
  console.log(`${share} of the reference's statements were reached; not these:`)
  for (const line of missed) if (!line.startsWith('k121.dev')) console.log(`  ${line}`)
}
