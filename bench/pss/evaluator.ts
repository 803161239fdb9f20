import {execFileSync} from 'node:child_process'
import {join, resolve} from 'node:path'
import {pathToFileURL} from 'node:url'
import {build} from 'esbuild'
import type {JsonObject} from '../../src/kube/json.js'
import type * as evaluator from '../../src/pod-security/evaluate.js'

export type Evaluator = typeof evaluator

/** As the build ships it: what runs from TypeScript wraps each function to keep its name, and pays for it. */
export async function bundledEvaluator(directory: string): Promise<Evaluator> {
  const outfile = join(directory, 'evaluate.mjs')
  await build({entryPoints: [resolve(import.meta.dirname, '../../src/pod-security/evaluate.ts')], bundle: true, platform: 'neutral', format: 'esm', target: 'node20', outfile, logLevel: 'warning'})
  return await import(pathToFileURL(outfile).href) as Evaluator
}

/** All threads of this process, and what it starts from here on, on one core. @returns whether that worked */
export function onOneCore(): boolean {
  try {
    execFileSync('taskset', ['-acp', '0', String(process.pid)], {stdio: 'ignore'})
    return true
  } catch {
    return false
  }
}

export interface Work {
  milliseconds: number
  /** Shows that both sides did the same: refusals, and the bytes of their messages. */
  refused: number
  bytes: number
}

const LEVELS = ['baseline', 'restricted'] as const

/** Both levels at the newest rules: the verdict alone, or the message that a refused pod gets. */
export function judgeAll({evaluate, isAllowed, messageOf}: Evaluator, pods: readonly JsonObject[], what: 'decide' | 'message'): Work {
  const rules = {minor: 37, server: 37}
  let [refused, bytes] = [0, 0]
  const start = performance.now()
  for (const {metadata, spec} of pods) {
    const pod = {metadata, spec}
    for (const level of LEVELS) {
      if (what === 'decide') {
        if (!isAllowed(level, rules, pod)) refused++
        continue
      }
      const failed = evaluate(level, rules, pod)
      if (failed.length === 0) continue
      refused++
      bytes += messageOf(failed).length
    }
  }
  return {milliseconds: performance.now() - start, refused, bytes}
}
