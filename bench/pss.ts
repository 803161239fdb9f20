// What judging pods by the Pod Security Standards costs: beside Kubernetes' own
// evaluator on the same pods, and beside parsing their JSON. All on one core,
// in interleaved rounds; medians are compared. Prints figures beside the aims;
// never fails because of them.
//
//   tsx bench/pss.ts
//   tsx bench/pss.ts --pods 20000 --rounds 21 --whole 0
import {mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {loadavg, tmpdir} from 'node:os'
import {join} from 'node:path'
import {parseArgs} from 'node:util'
import type {JsonObject} from '../src/kube/json.js'
import {workloads} from '../test/cluster/populate/workloads.js'
import type {Reference} from '../test/differential/pod-security.js'
import {buildReference} from '../test/differential/pod-security.js'
import {median} from './audit/measure.js'
import {sizeOf} from './audit/sizes.js'
import type {Evaluator, Work} from './pss/evaluator.js'
import {bundledEvaluator, judgeAll, onOneCore} from './pss/evaluator.js'
import {startGo} from './pss/go.js'

const PAGE = 500
const WARM_UP = 3
const AIMS = {reference: 1, parsing: 1}

const {values} = parseArgs({options: {pods: {type: 'string', default: '5000'}, rounds: {type: 'string', default: '11'}, whole: {type: 'string', default: '150000'}}})
const rounds = Number(values.rounds)
const directory = mkdtempSync(join(tmpdir(), 'k121-bench-'))
let reference: Reference | undefined

try {
  const evaluator = await bundledEvaluator(directory)
  const texts = podTexts(Number(values.pods))
  reference = built()
  const isAlone = onOneCore()
  console.log(`Node ${process.versions.node}, ${texts.length} pods of ${Math.round(texts.join('').length / texts.length)} bytes, both levels${isAlone ? ', one core' : '; no taskset here: the garbage collector may use other cores'}`)
  if ((loadavg()[0] ?? 0) > 1) console.log(`This machine is busy (load ${loadavg()[0]?.toFixed(1)}): times are too long, ratios roughly hold.`)
  if (reference !== undefined) await besideReference(evaluator, texts, reference.binary)
  if (Number(values.whole) > 0) besideParsing(evaluator, texts)
} finally {
  reference?.remove()
  rmSync(directory, {recursive: true, force: true})
}

/** As an API server returns them, of a cluster in which a third is hardened and a few ask for too much. */
function podTexts(count: number): string[] {
  const around = {minor: 37, gitVersion: 'v1.37.2', isDualStack: false, nodeCount: Math.max(3, Math.ceil(count / 60)), servicePrefix: '10.96', apiServerAddress: '10.0.0.10', dnsAddress: '10.96.0.10'}
  return [...workloads(sizeOf(count), around)].flatMap(({pods}) => pods.map(({object}) => JSON.stringify(object)))
}

function built(): Reference | undefined {
  try {
    return buildReference(37)
  } catch (error) {
    console.log(`reference: skipped, it cannot be built (${String(error).split('\n')[0]})`)
    return undefined
  }
}

async function besideReference(evaluator: Evaluator, texts: readonly string[], binary: string): Promise<void> {
  const file = join(directory, 'pods.jsonl')
  writeFileSync(file, `${texts.join('\n')}\n`)
  const go = await startGo(binary, file)
  const pods = texts.map(text => JSON.parse(text) as JsonObject)
  const runs: Record<string, {ours: Work[]; theirs: Work[]}> = {decide: {ours: [], theirs: []}, message: {ours: [], theirs: []}}
  for (let round = -WARM_UP; round < rounds; round++)
    for (const what of ['decide', 'message'] as const) {
      // Forth and back, so that a slow moment hits both.
      const ours = round % 2 === 0 ? judgeAll(evaluator, pods, what) : undefined
      const theirs = await go.judgeAll(what)
      const own = ours ?? judgeAll(evaluator, pods, what)
      if (own.refused !== theirs.refused || own.bytes !== theirs.bytes) throw new Error(`${what}: ours refused ${own.refused} in ${own.bytes} bytes, the reference ${theirs.refused} in ${theirs.bytes}`)
      if (round >= 0) for (const [list, work] of [[runs[what]?.ours, own], [runs[what]?.theirs, theirs]] as const) list?.push(work)
    }
  go.stop()
  console.log('\n  microseconds a pod             ours  reference   ratio   aim')
  for (const [what, {ours, theirs}] of Object.entries(runs)) {
    const [own, other] = [ours, theirs].map(works => median(works.map(({milliseconds}) => milliseconds)) * 1000 / pods.length) as [number, number]
    console.log(`  ${(what === 'decide' ? 'verdict alone' : 'verdict and message').padEnd(24)} ${own.toFixed(2).padStart(10)} ${other.toFixed(2).padStart(10)} ${verdict(own / other, AIMS.reference)}`)
  }
}

function besideParsing(evaluator: Evaluator, texts: readonly string[]): void {
  const pages = Array.from({length: Math.ceil(texts.length / PAGE)}, (_, index) => `{"items":[${texts.slice(index * PAGE, (index + 1) * PAGE).join(',')}]}`)
  const times = Math.ceil(Number(values.whole) / texts.length)
  const seconds = {parse: [] as number[], decide: [] as number[], message: [] as number[]}
  for (let round = 0; round < 3; round++) {
    const sums = {parse: 0, decide: 0, message: 0}
    for (let repeat = 0; repeat < times; repeat++)
      for (const page of pages) {
        const start = performance.now()
        const {items} = JSON.parse(page) as {items: JsonObject[]}
        sums.parse += performance.now() - start
        sums.decide += judgeAll(evaluator, items, 'decide').milliseconds
        sums.message += judgeAll(evaluator, items, 'message').milliseconds
      }
    for (const what of ['parse', 'decide', 'message'] as const) seconds[what].push(sums[what] / 1000)
  }
  const parse = median(seconds.parse)
  console.log(`\n  ${times * texts.length} pods, seconds            ours    parsing   ratio   aim`)
  for (const [what, title] of [['decide', 'verdict alone'], ['message', 'verdict and message']] as const)
    console.log(`  ${title.padEnd(24)} ${median(seconds[what]).toFixed(2).padStart(10)} ${parse.toFixed(2).padStart(10)} ${verdict(median(seconds[what]) / parse, AIMS.parsing)}`)
}

function verdict(ratio: number, most: number): string {
  return `${ratio.toFixed(2).padStart(7)} ${`≤ ${most}`.padStart(6)}  ${ratio <= most ? 'met' : 'MISSED'}`
}
