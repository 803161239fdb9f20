import type {PathStep} from '../kubeconfig/node.js'
import {helpersNamed} from './catalogue/catalogue.js'
import type {Helper} from './catalogue/helper.js'
import {dangerOf, isDisguise} from './danger.js'
import {commandTextReasons, likenessReasons} from './deception.js'
import type {CallArguments} from './grammar.js'
import {judgeHelpers} from './judge-helpers.js'
import {lookUpPlugin} from './kubectl-plugin.js'
import {programName} from './paths.js'
import {isVouchedPlace, placeReasons, scriptReasons} from './place.js'
import type {Program, ProgramSource} from './program.js'
import {quoted} from './quote.js'
import type {Reason} from './reason.js'
import {because} from './reasons.js'
import type {ValueWorld} from './value-rules.js'

export interface CommandLine extends CallArguments {
  command: string
  /** Where the command stands in the user's mapping. */
  path: readonly PathStep[]
  /** Launchers in front of it. */
  depth: number
}

/** Nobody nests more launchers than this; an attacker would, to exhaust the stack. */
const DEEPEST = 4

export interface CommandWorld extends ValueWorld {
  source: ProgramSource
  dir: string
}

/** Reasons by stage: a reader sees first what hides, then where it lies, then what it does. */
export interface Stages {
  characters: Reason[]
  place: Reason[]
  program: Reason[]
  grammar: Reason[]
  names: Reason[]
}

export interface CommandJudgement {
  stages: Stages
  programs: Program[]
  /** Those of `programs` that are handed to a shell or interpreter as a file. */
  scripts: Program[]
  /** Listed helpers on the way, the outermost first. */
  helpers: Helper[]
  hosts: string[]
  run: {path: string; args: string[]} | null
}

/** One command line: the plugin's own, or the tail of a launcher. */
export function judgeCommand(line: CommandLine, world: CommandWorld): CommandJudgement {
  const program = world.source.look(line.command, world.dir)
  const name = programName(line.command, world.platform)
  const judgement = startJudgement(line, program, name, world)
  if (line.depth > DEEPEST) judgement.stages.program.push(because('program-launcher', line.path, 'Launchers are nested too deep.', 'block'))
  else if (name === 'kubectl') judgeKubectl(line, program, world, judgement)
  else judgeNamed(line, program, name, world, judgement)
  return judgement
}

function startJudgement(line: CommandLine, program: Program, name: string, world: CommandWorld): CommandJudgement {
  const stages: Stages = {
    characters: commandTextReasons(line.command, name, line.path),
    place: placeReasons(program, line.path, world.platform),
    program: [],
    grammar: [],
    names: [],
  }
  if (program.path === null && program.location === 'normal') stages.place.push(because('program-not-found', line.path, `${quoted(line.command)} is not found.`))
  const real = programName(program.real ?? '', world.platform)
  if (real !== name && isDisguise(real) && !isDisguise(name)) {
    stages.program.push(because('disguised-link', line.path, `${quoted(line.command)} leads to ${quoted(program.real ?? '')}.`))
  }
  const run = program.path === null ? null : {path: program.path, args: [...line.args]}
  return {stages, programs: [program], scripts: [], helpers: [], hosts: [], run}
}

/** A program by its own name: a listed helper, a known danger, or unlisted. */
function judgeNamed(line: CommandLine, program: Program, name: string, world: CommandWorld, out: CommandJudgement): void {
  const listed = helpersNamed(name)
  out.stages.place.push(...scriptReasons(program, listed.length > 0, line.path))
  if (listed.length > 0) judgeListed(line, program, listed, world, out)
  else judgeUnlisted(line, name, world, out)
}

function judgeListed(line: CommandLine, program: Program, listed: readonly Helper[], world: CommandWorld, out: CommandJudgement): void {
  const result = judgeHelpers(listed, line, world)
  out.helpers.push(result.helper)
  out.hosts.push(...result.hosts)
  out.stages.grammar.push(...result.reasons)
  if (!isVouchedPlace(program, result.helper, world)) {
    out.stages.place.push(because('unvouched-place', line.path, `The name ${quoted(line.command)} proves nothing in this place.`))
  }
  if (result.tail === null) return
  const tail = judgeCommand(tailOf(line, result.tail), world)
  absorbTail(out, tail)
  // What an AWS session is handed to must itself be a listed helper.
  out.helpers.push(...tail.helpers)
}

function judgeUnlisted(line: CommandLine, name: string, world: CommandWorld, out: CommandJudgement): void {
  const danger = dangerOf(name, line.args, world.dir)
  if (danger === null) {
    out.stages.program.push(because('unlisted-program', line.path, `${quoted(line.command)} is not in the catalogue.`))
    out.stages.names.push(...likenessReasons(name, line.path))
    return
  }
  const text = `${quoted(line.command)} ${danger.text}.`
  out.stages.program.push(because(danger.id, line.path, text, danger.grade))
  if (danger.script !== undefined) judgeScript(line, danger.script, world, out)
  if (['secret-launcher', 'program-launcher', 'system-tool'].includes(danger.id)) judgeTail(line, name, world, out)
}

/** A script handed to a shell lies somewhere too. */
function judgeScript(line: CommandLine, index: number, world: CommandWorld, out: CommandJudgement): void {
  const program = world.source.look(line.args[index] ?? '', world.dir)
  out.programs.push(program)
  out.scripts.push(program)
  out.stages.place.push(...placeReasons(program, ['exec', 'args', line.offset + index], world.platform))
}

/** The command line behind `--`, or else every word that could be the start of one: the worst counts. */
function judgeTail(line: CommandLine, name: string, world: CommandWorld, out: CommandJudgement): void {
  const dashes = line.args.indexOf('--')
  if (dashes !== -1 && line.args[dashes + 1] !== undefined) {
    const tail = judgeCommand(tailOf(line, dashes + 1), world)
    absorbTail(out, tail)
    if (name === 'wsl' && (tail.helpers.length === 0 || stagesOf(tail).some(reason => reason.grade !== 'info' && reason.id !== 'program-not-found'))) refuseTail(line, out)
    return
  }
  const start = line.args.findIndex(arg => !arg.startsWith('-') && (helpersNamed(programName(arg, world.platform)).length > 0 || isDisguise(programName(arg, world.platform))))
  if (start === -1) {
    if (name === 'wsl') refuseTail(line, out)
    return
  }
  const tail = judgeCommand(tailOf(line, start), world)
  absorbTail(out, tail)
  if (name === 'wsl' && (start !== 0 || tail.helpers.length === 0 || stagesOf(tail).some(reason => reason.grade !== 'info' && reason.id !== 'program-not-found'))) refuseTail(line, out)
}

function refuseTail(line: CommandLine, out: CommandJudgement): void {
  out.stages.program.push(because('program-launcher', line.path, `${quoted(line.command)} starts something that is no listed helper call.`))
}

function stagesOf(judgement: CommandJudgement): Reason[] {
  return Object.values(judgement.stages).flat()
}

function tailOf(line: CommandLine, start: number): CommandLine {
  return {
    command: line.args[start] ?? '',
    args: line.args.slice(start + 1),
    shown: line.shown.slice(start + 1),
    offset: line.offset + start + 1,
    path: ['exec', 'args', line.offset + start],
    depth: line.depth + 1,
  }
}

function absorbTail(out: CommandJudgement, tail: CommandJudgement): void {
  const marked = (reasons: readonly Reason[]): Reason[] => reasons.map(reason => ({...reason, isTail: true}))
  const {characters, place, program, grammar, names} = tail.stages
  absorb(out, {...tail, stages: {characters: marked(characters), place: marked(place), program: marked(program), grammar: marked(grammar), names: marked(names)}})
}

function absorb(out: CommandJudgement, inner: CommandJudgement): void {
  for (const stage of ['characters', 'place', 'program', 'grammar', 'names'] as const) out.stages[stage].push(...inner.stages[stage])
  out.programs.push(...inner.programs)
  out.scripts.push(...inner.scripts)
  out.hosts.push(...inner.hosts)
}

/** kubectl is a launcher of plugins: the file that its lookup would start is what is judged. */
function judgeKubectl(line: CommandLine, program: Program, world: CommandWorld, out: CommandJudgement): void {
  out.run = null
  if (!isVouchedPlace(program, null, world)) {
    out.stages.place.push(because('unvouched-place', line.path, `The name ${quoted(line.command)} proves nothing in this place.`))
  }
  const lookup = lookUpPlugin(line.args, world.source, world.dir)
  out.stages.grammar.push(...lookup.reasons)
  if (lookup.found === null) {
    // A listed plugin that is only not installed imitates nothing.
    const isListed = lookup.candidates.some(name => helpersNamed(name).length > 0)
    out.stages.names.push(...(isListed ? [] : lookup.candidates.slice(-2).flatMap(name => likenessReasons(name, ['exec', 'args', line.offset]))))
    return
  }
  const plugin = lookup.found.program
  const rest: CommandLine = {...tailOf(line, lookup.found.words - 1), command: plugin.command, path: ['exec', 'args', line.offset]}
  const inner = startJudgement(rest, plugin, programName(plugin.command, world.platform), world)
  judgeNamed(rest, plugin, programName(plugin.command, world.platform), world, inner)
  absorb(out, inner)
  out.helpers.push(...inner.helpers)
  out.run = inner.run
}
