import {spawn} from 'node:child_process'
import {createInterface} from 'node:readline'
import type {Work} from './evaluator.js'

export interface GoBench {
  judgeAll(what: 'decide' | 'message'): Promise<Work>
  stop(): void
}

/** The reference with its pods decoded and waiting; it judges them whenever it is asked. */
export async function startGo(binary: string, podsFile: string): Promise<GoBench> {
  const child = spawn(binary, ['bench', podsFile], {stdio: ['pipe', 'pipe', 'inherit'], env: {...process.env, GOMAXPROCS: '1'}})
  const lines = createInterface({input: child.stdout})[Symbol.asyncIterator]()
  const next = async (): Promise<string> => {
    const {value, done} = await lines.next()
    if (done === true) throw new Error('the reference ended')
    return String(value)
  }
  await next()
  return {
    async judgeAll(what) {
      child.stdin.write(`${what}\n`)
      const [nanoseconds, refused, bytes] = (await next()).split(' ').map(Number)
      return {milliseconds: (nanoseconds ?? Number.NaN) / 1e6, refused: refused ?? 0, bytes: bytes ?? 0}
    },
    stop: () => child.stdin.end(),
  }
}
