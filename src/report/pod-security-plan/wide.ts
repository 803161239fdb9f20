import type {NamespacePlan, PodSecurityPlan, WorkloadPlan} from '../../plan/pod-security/plan.js'
import {STAGES} from '../../plan/pod-security/plan.js'
import {printable} from '../../printable.js'
import {whereText} from '../audit/naming.js'
import {streamTable} from '../table.js'
import {headText} from './head.js'
import {applyCommand, stepsAt, undoCommand} from './label-commands.js'
import {ENGINE_NAMES, STAGE_TEXTS, fitsText, needsText, nextText, todayText} from './words.js'

/** Everything, a line each and nothing cut: for a wide terminal, a pager, or grep. */
export function* planWide(plan: PodSecurityPlan, width: number): Generator<string> {
  yield headText(plan, width)
  yield '\n'
  yield* streamTable(['NAMESPACE', 'TODAY', 'FITS', 'NEXT STEP', 'WHO REFUSES', 'REMARK'], () => plan.namespaces.map(namespace => namespaceRow(namespace, plan.target)))
  if (plan.workloads.length > 0) {
    yield '\n'
    yield* streamTable(['WORKLOAD', 'PODS', 'FITS', 'TO', 'PATCH', 'IN THE WAY', 'REMARK'], () => plan.workloads.map(workloadRow))
  }
  yield* commandLines(plan)
}

function namespaceRow(namespace: NamespacePlan, target: number): string[] {
  const {name, today, held, enforcers, isEnforcementKnown, remarks} = namespace
  const version = today === null || today.enforce.level === 'privileged' ? '' : `:${today.enforce.version}`
  return [
    name === '' ? '(none given)' : name, `${todayText(namespace)}${version}`, fitsText(namespace), nextText(namespace, target),
    [...enforcers.map(({engine}) => ENGINE_NAMES.get(engine) ?? engine), ...(isEnforcementKnown ? [] : [enforcers.length === 0 ? 'not known' : 'more is not known'])].join(', ') || '-', [...(held === null ? [] : [held.why]), ...remarks].join('; '),
  ].map(printable)
}

function workloadRow({owner, pods, fits, to, patch, failing, remarks, fix}: WorkloadPlan): string[] {
  const blocked = (fix?.blocked ?? []).map(({control, why}) => `${control}: ${why}`)
  const controls = [...new Set(fix?.risks.map(({control}) => control))]
  const risks = controls.length === 0 ? [] : [`may break by ${controls.join(', ')}: -o json, or the patch, says how`]
  return [
    whereText(owner), String(pods), fits, to ?? '-', to === null ? '-' : patch, failing.map(({control}) => control).join(', ') || '-', printable([...remarks, ...blocked, ...risks].join('; ')),
  ]
}

function* commandLines({namespaces, target}: PodSecurityPlan): Generator<string> {
  for (const stage of STAGES) {
    const steps = stepsAt(namespaces, stage)
    if (steps.length === 0) continue
    yield `\n# ${stage}: ${STAGE_TEXTS[stage]}\n`
    for (const step of steps) yield `${printable(applyCommand(step.namespace, step))}   # ${needsText(step.needs, target)}\n# undo: ${printable(undoCommand(step.namespace, step))}\n`
  }
}
