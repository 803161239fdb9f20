import type {Terminal} from '../adapters/terminal.js'
import {shortQuestion} from '../report/trust-question.js'
import type {ContextJudgement} from '../trust/judge-context.js'

/**
 * Asks whether an unknown plugin may run: program and server first, at most one
 * screen, a typed word, and everything but that word means no. Dangerous
 * plugins are never asked about.
 */
export function askOnTerminal(judgement: ContextJudgement, terminal: Terminal | null): 'always' | 'once' | null {
  if (terminal === null) return null
  const answer = terminal.ask(shortQuestion(judgement), 'k121: type "trust" (always), "once" (this time), anything else for no: ')
  const word = answer?.trim()
  return word === 'trust' ? 'always' : word === 'once' ? 'once' : null
}
