import {CONNECTION_FINDINGS} from '../../src/trust/connection-findings.js'
import type {ConnectionFinding} from '../../src/trust/connection-findings.js'
import type {Family, Grade} from '../../src/trust/reason.js'
import {REASONS} from '../../src/trust/reasons.js'
import type {ReasonKind} from '../../src/trust/reasons.js'
import {GENERATED, code} from './markdown.js'

const GRADES: Record<Grade, string> = {
  block: 'high, makes the plugin dangerous: refused',
  warn: 'medium, makes the plugin unknown: asked once',
  info: 'info, never stops the guard',
}

const BEARINGS: Record<ConnectionFinding['bearings'][number], string> = {
  refuse: 'the guard refuses', ask: 'the guard asks once', pass: 'the guard lets it through',
}

/** Who may lift a reason; the rule itself is `isLifted` and `applyDecision` in src/trust/apply-policy.ts. */
const FAMILIES: Record<Family, readonly [title: string, lifted: string]> = {
  deception: ['Names that deceive', 'Nothing lifts these.'],
  loader: ['Code through the environment', 'Nothing lifts these.'],
  program: ['Programs that are no credential helpers', 'Lifted by an entry of the trust file with an absolute path and `args: any` or the exact list, or by a decision (where it is refused: `trust --dangerous`).'],
  place: ['Where the program is', 'Lifted by an entry of the trust file with an absolute path (not where it is refused), or by a decision.'],
  lookup: ['What kubectl would find', 'Lifted by `args: any` in the trust file, or by a decision; a program that is not there is never lifted.'],
  unlisted: ['Programs that nobody knows', 'Lifted by an entry of the trust file, or by a decision.'],
  grammar: ['How the helper is called', 'Lifted by `args: any` or the exact list, by an entry with an absolute path (not where it is refused), or by a decision.'],
  characters: ['Characters of the arguments', 'Lifted by `args: any`, or by a decision.'],
  env: ['Variables for the helper', "Lifted by the entry's `env` list, or by a decision."],
  field: ['Fields around the command', 'Lifted by a decision.'],
}

const ABOUT: Record<ConnectionFinding['about'], string> = {
  server: 'The way to the server', credential: 'Stored credentials and files', file: 'The kubeconfig itself', policy: 'The trust file',
}

const entry = (id: string, title: string, lines: readonly string[]): string => `### ${code(id)}\n\n${title}. ${lines.join('\n\n')}\n`

const dotted = (text: string): string => (/[.!?]$/.test(text) ? text : `${text}.`)

function reasonEntries(family: Family): string {
  return Object.entries<ReasonKind>(REASONS).filter(([, kind]) => kind.family === family)
    .map(([id, {title, meaning, remedy, grades}]) => entry(id, title, [dotted(meaning), `Severity: ${grades.map(grade => GRADES[grade]).join('; or ')}.`, `What to do: ${dotted(remedy)}`]))
    .join('\n')
}

function connectionEntries(about: ConnectionFinding['about']): string {
  return Object.entries<ConnectionFinding>(CONNECTION_FINDINGS).filter(([, row]) => row.about === about)
    .map(([id, {title, meaning, remedy, severities, bearings}]) => entry(id, title, [dotted(meaning), `Severity: ${severities.join(' or ')}; ${bearings.map(bearing => BEARINGS[bearing]).join(' or ')}.`, `What to do: ${dotted(remedy)}`]))
    .join('\n')
}

export function findingsPage(): string {
  const families = Object.entries(FAMILIES) as [Family, readonly [string, string]][]
  const abouts = Object.entries(ABOUT) as [ConnectionFinding['about'], string][]
  return `${GENERATED}
# Findings

Every id that \`kubectl k121 kubeconfig verify\` prints and the guard names when it refuses. Ids are stable.

A plugin is **trusted** when nothing stronger than info stands against it, **unknown** with a medium reason, **dangerous** with a high one. Where several levels are listed the first is the usual one.

# About credential plugins

${families.map(([family, [title, lifted]]) => `## ${title}\n\n${lifted}\n\n${reasonEntries(family)}`).join('\n')}
# About files, servers and stored credentials

${abouts.map(([about, title]) => `## ${title}\n\n${connectionEntries(about)}`).join('\n')}`
}
