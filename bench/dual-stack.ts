// What judging hard-coded IP filters costs beyond reading: all checks of the
// topic over 5,000 NetworkPolicies and 20,000 pods, beside a fact that sees the
// same objects and does nothing (the floor). Objects are made while they are
// read, so neither disk nor network nor parsing is in it. Each pass is a process
// of its own on one bundle, in interleaved rounds; medians are compared. Prints
// figures beside the aims; never fails because of them.
//
//   tsx bench/dual-stack.ts
//   tsx bench/dual-stack.ts --shapes spread,own --rounds 5 --pods 20000 --policies 5000
//   tsx bench/dual-stack.ts --grown 0      without the second, larger cluster
import {mkdtempSync, rmSync} from 'node:fs'
import {availableParallelism, loadavg, tmpdir} from 'node:os'
import {join} from 'node:path'
import {parseArgs} from 'node:util'
import {build} from 'esbuild'
import type {Program, Run} from './audit/measure.js'
import {interleaved, median} from './audit/measure.js'
import type {Shape} from './dual-stack/cluster.js'
import {SHAPES} from './dual-stack/cluster.js'

const AIMS = {seconds: 5, memory: 1.25}

const {values} = parseArgs({options: {
  shapes: {type: 'string', default: Object.keys(SHAPES).join(',')}, policies: {type: 'string', default: '5000'}, pods: {type: 'string', default: '20000'}, grown: {type: 'string', default: '60000'}, rounds: {type: 'string', default: '3'},
}})
const shapes = values.shapes.split(',').map(shapeNamed)

/** What one pass prints. */
interface Pass {
  seconds: number
  cpu: number
  findings: Record<string, number>
}

console.log(`Node ${process.versions.node}, ${values.policies} NetworkPolicies, ${values.pods} pods, ${values.rounds} rounds, medians`)
// A busy machine makes waiting long; the time of its processors stays nearly what it is.
if ((loadavg()[0] ?? 0) > availableParallelism() / 2) console.log(`This machine is busy (load ${loadavg()[0]?.toFixed(1)}): go by processor time.`)
const directory = mkdtempSync(join(tmpdir(), 'k121-bench-'))
const run = join(directory, 'run.mjs')
try {
  await build({entryPoints: [join(import.meta.dirname, 'dual-stack/run.ts')], outfile: run, bundle: true, platform: 'node', format: 'esm', target: 'node20', packages: 'external', logLevel: 'error'})
  for (const shape of shapes) await beyondReading(shape)
  if (Number(values.grown) > 0 && shapes[0] !== undefined) await grown(shapes[0])
} finally {
  rmSync(directory, {recursive: true, force: true})
}

function shapeNamed(name: string): Shape {
  if (!Object.hasOwn(SHAPES, name)) throw new Error(`no shape is called ${name}; there are ${Object.keys(SHAPES).join(', ')}`)
  return name as Shape
}

function pass(what: 'floor' | 'ours', shape: Shape, pods: string): Program {
  return {argv: [process.execPath, run, what, shape, values.policies, pods], keepsOutput: true}
}

async function beyondReading(shape: Shape): Promise<void> {
  const {floor = [], ours = []} = await interleaved({floor: pass('floor', shape, values.pods), ours: pass('ours', shape, values.pods)}, Number(values.rounds))
  console.log(`\n${shape}: ${SHAPES[shape]}; ${findingsOf(ours[0])} findings`)
  for (const [name, runs] of [['floor', floor], ['ours', ours]] as const) console.log(`  ${name.padEnd(40)} ${middle(runs, 'seconds').toFixed(2).padStart(7)} s ${middle(runs, 'cpu').toFixed(2).padStart(7)} s of processors ${peak(runs).toFixed(0).padStart(5)} MB`)
  aim('beyond reading, s', middle(ours, 'seconds') - middle(floor, 'seconds'), AIMS.seconds)
  aim('beyond reading, s of processors', middle(ours, 'cpu') - middle(floor, 'cpu'), AIMS.seconds)
  console.log(`  ${'ratio'.padEnd(40)} ${(middle(ours, 'cpu') / middle(floor, 'cpu')).toFixed(1).padStart(7)}`)
}

/** Pods stream past: three times as many of the same kind are to take the same memory. */
async function grown(shape: Shape): Promise<void> {
  const {small = [], large = []} = await interleaved({small: pass('ours', shape, values.pods), large: pass('ours', shape, values.grown)}, Number(values.rounds))
  console.log(`\n${shape}, ${values.pods} and ${values.grown} pods`)
  console.log(`  ${'peak memory'.padEnd(40)} ${peak(small).toFixed(0).padStart(7)} MB ${peak(large).toFixed(0).padStart(7)} MB`)
  aim('peak memory, ratio', peak(large) / peak(small), AIMS.memory)
}

function passOf({stdout, status}: Run): Pass {
  if (status !== 0) throw new Error(`a pass ended with ${status}`)
  return JSON.parse(stdout) as Pass
}

function findingsOf(run: Run | undefined): number {
  return run === undefined ? 0 : Object.values(passOf(run).findings).reduce((sum, count) => sum + count, 0)
}

function middle(runs: readonly Run[], field: 'seconds' | 'cpu'): number {
  return median(runs.map(run => passOf(run)[field]))
}

function peak(runs: readonly Run[]): number {
  return median(runs.map(({megabytes}) => megabytes))
}

function aim(name: string, value: number, most: number): void {
  console.log(`  ${name.padEnd(40)} ${value.toFixed(2).padStart(7)}   aim ${most}${value > most ? '  MISSED' : ''}`)
}
