import {closeSync, openSync, writeSync} from 'node:fs'
import {join, resolve} from 'node:path'
import {workloads} from '../../test/cluster/populate/workloads.js'
import {interleaved, median} from './measure.js'
import {sizeOf} from './sizes.js'

interface Place {
  directory: string
  program: string
  rounds: number
  /** Written from a live server; null: there is none. */
  snapshot: string | null
}

const WANTED = 600 * 1024 * 1024

/** A dump as `kubectl get -A -o json` gives it, and a snapshot of a cluster, against JSON.parse of the same objects one by one. */
export async function offline({directory, program, rounds, snapshot}: Place): Promise<void> {
  const dump = join(directory, 'dump.json')
  const pods = writeDump(dump)
  const args = ['--server-version', '1.33', '-o', 'json']
  const floor = resolve(import.meta.dirname, 'parse.js')
  const runs = await interleaved({
    'audit -f dump.json': {argv: [process.execPath, program, 'audit', '-f', dump, ...args]},
    'JSON.parse of its objects': {argv: [process.execPath, floor, dump]},
    ...(snapshot !== null ? {'audit -f cluster.jsonl.gz': {argv: [process.execPath, program, 'audit', '-f', snapshot, ...args]}, 'JSON.parse of its lines': {argv: [process.execPath, floor, snapshot]}} : {}),
  }, rounds)
  console.log(`\nfiles: a dump of ${WANTED / 1024 / 1024} MB, ${pods} pods, ${rounds} rounds\n`)
  for (const [name, own] of Object.entries(runs)) console.log(`  ${name.padEnd(28)} ${median(own.map(run => run.seconds)).toFixed(2).padStart(7)} s ${Math.max(...own.map(run => run.megabytes)).toFixed(0).padStart(6)} MB${own.some(run => run.status === null || run.status > 3) ? '  FAILED' : ''}`)
}

function writeDump(path: string): number {
  const file = openSync(path, 'w')
  writeSync(file, '{"apiVersion":"v1","kind":"List","items":[\n{"apiVersion":"v1","kind":"Namespace","metadata":{"name":"default"}},\n{"apiVersion":"v1","kind":"Service","metadata":{"namespace":"default","name":"kubernetes"},"spec":{"clusterIP":"10.96.0.1","clusterIPs":["10.96.0.1"]}}')
  const around = {minor: 33, gitVersion: 'v1.33.1', isDualStack: false, nodeCount: 100, servicePrefix: '10.96', apiServerAddress: '10.0.0.10', dnsAddress: '10.96.0.10'}
  const texts = [...workloads({...sizeOf(400), pods: 400}, around)].flatMap(workload => workload.pods).map(({object}) => JSON.stringify({...object, metadata: {...object['metadata'] as object, name: 'NNNNNNN', managedFields: [{fieldsV1: object}]}}).split('NNNNNNN'))
  let pods = 0
  for (let size = 0; size < WANTED; pods++) size += writeSync(file, `,\n${(texts[pods % texts.length] ?? []).join(`pod-${pods}`)}`)
  writeSync(file, '\n]}\n')
  closeSync(file)
  return pods
}
