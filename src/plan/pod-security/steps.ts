import type {Level, LevelVersion, Mode} from '../../pod-security/labels.js'
import {LABEL_PREFIX, isStricter, minorOfVersion} from '../../pod-security/labels.js'
import type {Need, Stage, Step} from './plan.js'

export interface StepInput {
  /** Those of Pod Security, as they stand. */
  labels: Readonly<Record<string, string>>
  today: Readonly<Record<Mode, LevelVersion>>
  /** Null: not known, and then nothing is enforced. */
  enforceable: Level | null
  /** What warns and is audited from now on. */
  observe: Level
  /** Null: nothing is left to raise. */
  aim: Level | null
  /** The aim refuses workloads, by the rules of the target. */
  isFixNeeded: boolean
  /** Each of them is lifted by its patch. */
  isFixed: boolean
  server: number
  target: number
}

/**
 * The labels of one namespace, in the order in which they are set. No step
 * enforces what something that is there now fails, unless it needs the fixes
 * first. Each starts from the labels that the one before leaves.
 */
export function stepsOf(input: StepInput): Step[] {
  const labels: Labels = {...input.labels}
  return [observing(input, labels), enforcing(input, labels), ...raising(input, labels)].filter(step => step !== null)
}

type Labels = Record<string, string>

/** Audit and warn follow the newest rules: they are the sign of what an upgrade will refuse. One that is stricter already stays. */
function observing({today, observe}: StepInput, labels: Labels): Step | null {
  const wanted = (['audit', 'warn'] as const).filter(mode => isStricter(observe, today[mode].level))
  return step('observe', [], {level: observe, version: 'latest'}, wanted, labels)
}

function enforcing({today, enforceable, server}: StepInput, labels: Labels): Step | null {
  if (enforceable === null || enforceable === 'privileged' || isStricter(today.enforce.level, enforceable)) return null
  const isRaised = isStricter(enforceable, today.enforce.level)
  // A default is the API server's: the namespace does not pin it.
  if (!isRaised && labels[`${LABEL_PREFIX}enforce`] === undefined) return null
  const pinned = minorOfVersion(today.enforce.version)
  if (!isRaised && pinned !== null && pinned >= server) return null
  return step('enforce', [], {level: enforceable, version: `v1.${server}`}, ['enforce'], labels)
}

/** First the pin, to the rules of the target; then the next level. */
function raising({aim, isFixNeeded, isFixed, enforceable, today, server, target}: StepInput, labels: Labels): (Step | null)[] {
  if (enforceable === null || (isFixNeeded && !isFixed && (aim === null || !isStricter(aim, highest(enforceable, today))))) return []
  const held = highest(enforceable, today)
  const upgrade: Need[] = target > server ? ['upgrade'] : []
  const isSame = aim === held
  const isLabelled = labels[`${LABEL_PREFIX}enforce`] !== undefined && held !== 'privileged'
  const pin = target > server && isLabelled && (minorOfVersion(labels[`${LABEL_PREFIX}enforce-version`] ?? '') ?? -1) < target
    ? step('pin', [...(isSame && isFixNeeded ? ['fixes' as const] : []), ...upgrade], {level: held, version: `v1.${target}`}, ['enforce'], labels) : null
  if (aim === null || isSame || (isFixNeeded && !isFixed)) return [pin]
  return [pin, step('raise', [...(isFixNeeded ? ['fixes' as const] : []), ...upgrade], {level: aim, version: `v1.${target}`}, ['enforce'], labels)]
}

function highest(enforceable: Level, {enforce}: StepInput['today']): Level {
  return isStricter(enforce.level, enforceable) ? enforce.level : enforceable
}

/** Null: the labels say so already. `labels` becomes what the step leaves. */
function step(stage: Stage, needs: readonly Need[], {level, version}: {level: Level; version: string}, modes: readonly Mode[], labels: Labels): Step | null {
  const wanted = modes.flatMap(mode => [[`${LABEL_PREFIX}${mode}`, level], [`${LABEL_PREFIX}${mode}-version`, version]] as const)
  const changes = wanted.filter(([label, value]) => labels[label] !== value).map(([label, value]) => ({label, from: labels[label] ?? null, to: value}))
  for (const {label, to} of changes) labels[label] = to
  return changes.length === 0 ? null : {stage, needs, level, version, changes}
}
