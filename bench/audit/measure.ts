import {spawn} from 'node:child_process'
import {readFileSync, readdirSync} from 'node:fs'

export interface Run {
  seconds: number
  /** The most memory that the started process had, and all kubectls below it together, in MB. */
  megabytes: number
  kubectlMegabytes: number
  status: number | null
  stdout: string
}

export interface Program {
  argv: readonly string[]
  env?: Record<string, string>
  /** Kept instead of thrown away. */
  keepsOutput?: boolean
}

const EVERY_MS = 25

/** Runs it to its end; memory as the kernel keeps it (VmHWM, a high-water mark), so that looking now and then misses only the very last moment. */
export async function measure({argv: [program = '', ...args], env = {}, keepsOutput = false}: Program): Promise<Run> {
  const started = process.hrtime.bigint()
  const child = spawn(program, args, {env: {...process.env, ...env}, stdio: ['ignore', keepsOutput ? 'pipe' : 'ignore', 'inherit']})
  let stdout = ''
  child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
    stdout += chunk
  })
  const peaks = new Map<number, number>()
  const timer = setInterval(() => [child.pid ?? 0, ...childrenOf(child.pid ?? 0)].forEach(id => peaks.set(id, Math.max(peaks.get(id) ?? 0, highWater(id)))), EVERY_MS)
  const status = await new Promise<number | null>((resolve, reject) => child.on('error', reject).on('close', resolve))
  clearInterval(timer)
  const own = peaks.get(child.pid ?? 0) ?? 0
  const kubectls = [...peaks].reduce((sum, [id, peak]) => (id === child.pid ? sum : sum + peak), 0)
  return {seconds: Number(process.hrtime.bigint() - started) / 1e9, megabytes: own, kubectlMegabytes: kubectls, status, stdout}
}

function childrenOf(id: number): number[] {
  try {
    return readdirSync(`/proc/${id}/task`).flatMap(task => readFileSync(`/proc/${id}/task/${task}/children`, 'utf8').split(' ').filter(text => text !== '').map(Number))
  } catch {
    // It has ended.
    return []
  }
}

function highWater(id: number): number {
  try {
    return Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${id}/status`, 'utf8'))?.[1] ?? 0) / 1024
  } catch {
    return 0
  }
}

/** Each program once a round, forth and back, so that a slow moment of the machine hits all; name → runs. */
export async function interleaved(programs: Record<string, Program>, rounds: number): Promise<Record<string, Run[]>> {
  const names = Object.keys(programs)
  const runs: Record<string, Run[]> = Object.fromEntries(names.map(name => [name, []]))
  for (let round = 0; round < rounds; round++)
    for (const name of round % 2 === 0 ? names : names.toReversed()) {
      const program = programs[name]
      if (program !== undefined) runs[name]?.push(await measure(program))
    }
  return runs
}

export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN
}

/** Milliseconds until a program on a terminal shows `text`; null: it never did. */
export async function firstShown(argv: readonly string[], text: string): Promise<number | null> {
  const command = argv.map(word => `'${word.replaceAll("'", String.raw`'\''`)}'`).join(' ')
  const started = process.hrtime.bigint()
  const child = spawn('script', ['-qec', command, '/dev/null'], {stdio: ['ignore', 'pipe', 'ignore'], env: {...process.env, TERM: 'xterm'}})
  let [seen, first] = ['', null as number | null]
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    seen = `${seen}${chunk}`.slice(-500)
    if (first === null && seen.includes(text)) first = Number(process.hrtime.bigint() - started) / 1e6
  })
  await new Promise(resolve => child.on('error', resolve).on('close', resolve))
  return first
}
