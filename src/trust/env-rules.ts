import type {EnvVar} from '../kubeconfig/model.js'
import type {PathStep} from '../kubeconfig/node.js'
import type {EnvRule, Helper} from './catalogue/helper.js'
import {foldName, hasHidden, hasLineBreak} from './deception.js'
import {envRowOf} from './env-table.js'
import {isRegion} from './grammar.js'
import {quoted} from './quote.js'
import type {Grade, Reason} from './reason.js'
import {because} from './reasons.js'
import {isPlaceholder} from './template.js'
import {judgeUrl} from './urls.js'
import type {ValueWorld} from './value-rules.js'
import {hostMatches, isBelowHome} from './value-rules.js'

const SECRET = /SECRET|PASSWORD|PASSPHRASE|TOKEN$|ACCESS_KEY_ID|ACCESS_KEY$/
const SHARED_PLACE = /^\/+(?:private\/+)?(?:tmp|var\/+tmp|dev|proc)(?:\/|$)|^\/+run\/+(?:shm|lock)/

export interface EnvJudgement {
  reasons: Reason[]
  hosts: string[]
}

/** `helpers`: everything that runs with this environment and is listed; empty for an unlisted program. */
export function judgeEnv(env: readonly EnvVar[], helpers: readonly Helper[], world: ValueWorld): EnvJudgement {
  const judgement: EnvJudgement = {reasons: [], hosts: []}
  const seen = new Set<string>()
  env.forEach((variable, index) => {
    const key = world.platform === 'win32' ? variable.name.toUpperCase() : variable.name
    const path = ['exec', 'env', index]
    if (seen.has(key)) judgement.reasons.push(because('env-duplicate', path, `${quoted(variable.name)} is set twice; the last one wins.`))
    seen.add(key)
    judgeVariable(variable, path, helpers, world, judgement)
  })
  return judgement
}

function judgeVariable(variable: EnvVar, path: PathStep[], helpers: readonly Helper[], world: ValueWorld, out: EnvJudgement): void {
  const {name, value} = variable
  const shown = quoted(name)
  if (hasHidden(name) || hasHidden(value) || hasLineBreak(name)) {
    out.reasons.push(because('control-character', path, `The variable ${shown} holds a hidden character.`))
  } else if (hasLineBreak(value)) out.reasons.push(because('line-break-in-text', path, `The value of ${shown} has a line break or tab.`))
  // kubectl does not check names: `LD_PRELOAD=/x.so:` as a name sets LD_PRELOAD.
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) {
    const means = foldEnvName(name)
    out.reasons.push(because('env-name-malformed', path, `${shown} is no variable name${envRowOf(means) === undefined ? '' : `; it imitates ${means}`}.`))
    return
  }
  const known = world.platform === 'win32' ? name.toUpperCase() : name
  const rule = helpers.map(helper => helper.envRules?.[known]).find(found => found !== undefined)
  const accepted = helpers.some(helper => helper.env?.includes(known) === true)
  const general = generalReason(name, path, rule, accepted)
  if (general !== null) out.reasons.push(general)
  else if (!specificReason(known, shown, path, helpers, out) && !accepted) {
    out.reasons.push(because('env-unlisted', path, `The variable ${shown} is not known for this helper.`))
  } else if (rule !== undefined) judgeValue(rule, value, shown, path, world, out)
  if (SECRET.test(known) && value !== '' && !isPlaceholder(value) && accepted) {
    out.reasons.push(because('env-secret', path, `${shown} holds a secret.`))
  }
}

/** The part before `=`, look-alikes folded: what the malformed name would set or be taken for. */
function foldEnvName(name: string): string {
  return foldName(name.split('=')[0] ?? '').replace(/-/g, '_').toUpperCase()
}

/** Rows that hold for any helper. Their names are compared in upper case: `Path` counts as PATH. */
function generalReason(name: string, path: readonly PathStep[], rule: EnvRule | undefined, accepted: boolean): Reason | null {
  const found = envRowOf(name.toUpperCase())
  if (found === undefined) return null
  // A helper's own entry may allow what the general table only warns about.
  if (accepted && (found.grade !== 'block' || rule !== undefined)) return name === 'GOOGLE_APPLICATION_CREDENTIALS' ? warnIdentity(name, path) : null
  return because(found.id, path, `The variable ${quoted(name)} is set.`, found.grade)
}

function warnIdentity(name: string, path: readonly PathStep[]): Reason {
  return because('env-picks-identity', path, `The variable ${quoted(name)} is set.`)
}

function specificReason(name: string, shown: string, path: readonly PathStep[], helpers: readonly Helper[], out: EnvJudgement): boolean {
  const grades = helpers.map(helper => helper.envFlagged?.[name]).filter((grade): grade is Grade => grade !== undefined)
  if (grades.length === 0) return false
  out.reasons.push(because('env-flagged', path, `The variable ${shown} is set.`, grades.includes('block') ? 'block' : 'warn'))
  return true
}

function judgeValue(rule: EnvRule, value: string, shown: string, path: readonly PathStep[], world: ValueWorld, out: EnvJudgement): void {
  if (rule.kind === 'host') {
    const judged = judgeUrl(value, path, `The value of ${shown}`)
    if (judged.host !== null) out.hosts.push(judged.host)
    out.reasons.push(...judged.reasons)
    return
  }
  const grade = gradeOfEnvValue(rule, value, world)
  if (grade !== null) out.reasons.push(because('env-value', path, `${shown} is not set to what it is known to hold.`, grade))
}

function gradeOfEnvValue(rule: Exclude<EnvRule, {kind: 'host'}>, value: string, world: ValueWorld): Grade | null {
  switch (rule.kind) {
    case 'empty':
      return value === '' ? null : 'block'
    case 'home':
      return isBelowHome(value, world, false) ? null : 'warn'
    case 'not-shared':
      return value.startsWith('/') || /^[A-Za-z]:\\/.test(value) ? (SHARED_PLACE.test(value) || value.split(/[\\/]/).includes('..') ? 'warn' : null) : 'warn'
    case 'hosts':
      return hostMatches(value, rule.suffixes) ? null : 'block'
    case 'region':
      return isRegion(value) ? null : 'block'
    case 'schemes':
      return rule.schemes.some(scheme => value.startsWith(`${scheme}://`)) || isPlaceholder(value) ? null : 'warn'
    case 'run-socket':
      return /^(?:unix:(?:\/\/)?)?\/(?:var\/)?run\/(?!\.\.)[\w./-]+$/.test(value) && !value.includes('..') ? null : 'warn'
  }
}
