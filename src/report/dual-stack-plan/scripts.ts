import type {DualStackPlan, PolicyPlan} from '../../plan/dual-stack/plan.js'
import {counted} from '../audit/naming.js'
import type {PlanFile} from '../plan-script.js'
import {TO_OWN_FOLDER, kubectlResource, program, scriptHead} from '../plan-script.js'
import {shellQuoted} from '../shell-quote.js'
import {patchFile} from './patch-files.js'
import {tasksOf} from './words.js'

export const APPLY_SCRIPT = 'apply.sh'
export const UNDO_SCRIPT = 'undo.sh'

/** Nothing, where nothing can be applied: then there is nothing to undo. */
export function planScripts(plan: DualStackPlan): PlanFile[] {
  const {applied} = tasksOf(plan)
  if (applied.length === 0) return []
  const {cluster: {name, uid}} = plan
  const plannedFor = `${name}, whose pods get IPv6`
  return [
    program(APPLY_SCRIPT, [
      ...scriptHead({does: `Adds what IPv6 lacks to ${counted(applied.length, 'NetworkPolicy', 'NetworkPolicies')}. A policy that is no longer what it was when the plan was made is refused.`, plannedFor, undo: `To undo: sh ${UNDO_SCRIPT}`, uid}),
      TO_OWN_FOLDER, '', '# All of them are tried first: the API server checks each, and stores nothing.',
      // A server that refuses a test says neither which nor of what.
      'try() { $kubectl patch --dry-run=server --type json "$@" >/dev/null || { echo "not as it was when the plan was made, or not yours to change: $*; nothing was changed, plan again" >&2; exit 1; }; }', ...applied.map(one => `try ${patchWords('patches', one)}`), '',
      'patch() { $kubectl patch --type json "$@"; }', ...applied.map(one => `patch ${patchWords('patches', one)}`),
    ]),
    program(UNDO_SCRIPT, [
      ...scriptHead({does: `Puts back the lists that were there before ${APPLY_SCRIPT}.`, plannedFor, undo: 'A policy that is not what the other script made of it is left as it is.', uid, isStoppedByFailure: false}),
      TO_OWN_FOLDER, '', 'left=0', 'undo() { $kubectl patch --type json "$@" || { echo "left as it is: $*" >&2; left=$((left + 1)); }; }', ...applied.toReversed().map(one => `undo ${patchWords('undo', one)}`),
      '[ "$left" -eq 0 ]',
    ]),
  ]
}

function patchWords(folder: 'patches' | 'undo', {policy}: PolicyPlan): string {
  return `-n ${shellQuoted(policy.namespace)} ${shellQuoted(kubectlResource(policy))} ${shellQuoted(policy.name)} --patch-file ${shellQuoted(patchFile(folder, policy))}`
}
