import type {Handoff} from '../adapters/kubectl/handoff.js'
import {GUARD_EXIT} from '../exit-codes.js'
import {guard} from '../flows/guard.js'
import {printable} from '../printable.js'
import {guardPorts} from './guard-ports.js'
import {judgeCommand} from './judge-command.js'

export interface GuardedOptions {
  kubectl?: string | undefined
  trustFile?: string | undefined
}

export type GuardedLaunch =
  /** `lines` are notices. Whoever starts it calls `afterwards` when the program has ended. */
  | {ok: true; launch: Handoff; lines: readonly string[]}
  /** Nothing was started. `code` is the guard's: 127 where kubectl was not found. `isDenial`: what the kubeconfig asks for is not trusted. */
  | {ok: false; lines: readonly string[]; code: number; isDenial: boolean}

/**
 * What the guard would have done with this command line of kubectl: the program,
 * arguments and environment to start, on the snapshot of what was judged, or its
 * refusal. Questions are asked on the terminal, decisions and verdicts are shared
 * with the guard; only the terminal is not handed over.
 */
export function guardedLaunch(argv: readonly string[], {kubectl, trustFile}: GuardedOptions): GuardedLaunch {
  const lines: string[] = []
  const launches: Handoff[] = []
  let isDenial = false
  const flags = [...(kubectl === undefined ? [] : ['--kubectl', kubectl]), ...(trustFile === undefined ? [] : ['--trust-file', trustFile])]
  try {
    const code = guard([...flags, '--', ...argv], guardPorts({
      script: process.argv[1] ?? process.execPath,
      say: line => void lines.push(line),
      handoff: {handOver: handoff => void launches.push(handoff)},
      cold: () => ({
        judgeCommand(request) {
          const outcome = judgeCommand(request)
          isDenial = !outcome.allow && outcome.isDenial
          return outcome
        },
      }),
    }))
    const [launch] = launches
    if (launch !== undefined) return {ok: true, launch, lines}
    return {ok: false, lines, code: code ?? GUARD_EXIT.failed, isDenial}
  } catch (error) {
    const message = error instanceof Error ? error.message : 'unknown error'
    return {ok: false, lines: [`k121: the guard failed, so kubectl was not started: ${printable(message)}`], code: GUARD_EXIT.failed, isDenial: false}
  }
}
