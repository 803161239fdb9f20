import type {NamespacePlan, PodSecurityPlan, WorkloadPlan} from '../../plan/pod-security/plan.js'
import {STAGES} from '../../plan/pod-security/plan.js'
import {codeSpan, markdownCell} from '../audit/markdown-text.js'
import {counted, whereText} from '../audit/naming.js'
import {stepsAt} from './label-commands.js'
import {FIX_SCRIPT, fixScript, scriptOf, undoScriptOf} from './scripts.js'
import {STAGE_TEXTS, fitsText, needsText, nextText, serverText, todayText} from './words.js'

/** The page that a person reads before anything is applied. */
export function planReadme(plan: PodSecurityPlan): string {
  const sections = [
    `# Pod Security plan for ${markdownCell(plan.cluster.name)}\n\n${markdownCell(serverText(plan))} -> v1.${plan.target}. Nothing of this was applied.`,
    missingText(plan), orderOfWork(plan), namespaceTable(plan), byHand(plan), risks(plan), leftAlone(plan), upgrade(plan),
  ]
  return `${sections.filter(section => section !== '').join('\n\n')}\n`
}

function missingText({incomplete, remarks}: PodSecurityPlan): string {
  const rows = [
    ...incomplete.map(({resource, outcome, detail}) => `- **Incomplete**: ${markdownCell(resource)} ${markdownCell(outcome)}${detail === '' ? '' : `: ${markdownCell(detail)}`}. What is there and was not read may fit less.`),
    ...remarks.map(remark => `- ${markdownCell(remark)}`),
  ]
  return rows.join('\n')
}

function orderOfWork(plan: PodSecurityPlan): string {
  const {namespaces, workloads, target} = plan
  const stages = STAGES.map(stage => ({stage, steps: stepsAt(namespaces, stage)})).filter(({steps}) => steps.length > 0)
  const needed = workloads.filter(({isNeeded}) => isNeeded)
  const patched = needed.filter(({patch}) => patch === 'yes').length
  const rows = stages.map(({stage, steps}) => ({
    stage, row: `| ${scriptOf(stage)} | ${STAGE_TEXTS[stage]} | ${steps.length} | ${[...new Set(steps.map(({needs}) => needsText(needs, target)))].join('; ')} | ${undoScriptOf(stage)} |`,
  }))
  const file = fixScript(plan).length > 0 ? `${FIX_SCRIPT}, or patches/kustomization.yaml` : patched > 0 ? 'patches/kustomization.yaml' : 'by hand'
  const fix = needed.length === 0 ? [] : [`| ${file} | change what the next level refuses | ${counted(needed.length, 'workload')}, ${patched} by patch | now | git, or kubectl rollout undo |`]
  const [first, ...rest] = [rows.filter(({stage}) => stage === 'observe').map(({row}) => row), fix, rows.filter(({stage}) => stage !== 'observe').map(({row}) => row)]
  const lines = [...(first ?? []), ...rest.flat()]
  if (lines.length === 0) return `## Order of work\n\nThere is nothing to do${plan.incomplete.length === 0 ? '' : ', as far as was seen'}.`
  return `## Order of work\n\n| file | what it does | namespaces | when | what undoes it |\n| --- | --- | --- | --- | --- |\n${lines.join('\n')}\n\nThe scripts ask nothing and stop at the first failure. Those that enforce let the API server try every label first, and change nothing where it warns of a pod that it would refuse. (In a namespace of more than 3,000 pods it looks at a part, and says so by a warning too: then look yourself, and take the \`try\` line of that namespace away.) Look at them, then run them with \`sh\`; \`KUBECTL="kubectl --context NAME"\` chooses the cluster. After the last one, plan again.`
}

function namespaceTable({namespaces, target}: PodSecurityPlan): string {
  const rows = namespaces.filter(({held}) => held === null || held.by === 'unseen').map(namespace => `| ${nameCell(namespace.name)} | ${todayText(namespace)} | ${fitsText(namespace)} | ${nextText(namespace, target)} | ${remarkCell(namespace)} |`)
  return rows.length === 0 ? '' : `## Namespaces\n\n| namespace | enforced today | fits v1.${target} | next step | remark |\n| --- | --- | --- | --- | --- |\n${rows.join('\n')}`
}

function nameCell(name: string): string {
  return name === '' ? '(none given)' : codeSpan(name)
}

function remarkCell({held, remarks, inTheWay}: NamespacePlan): string {
  const way = inTheWay.map(({control, workloads}) => `${control} ${workloads}`).join(', ')
  return markdownCell([...(held === null ? [] : [held.why]), ...remarks, ...(way === '' ? [] : [`in the way: ${way}`])].join('; '))
}

/** What no patch does, or not all of it. */
function byHand({workloads}: PodSecurityPlan): string {
  const rows = workloads.filter(({isNeeded, patch}) => isNeeded && patch !== 'yes').map(workload => `- ${codeSpan(whereText(workload.owner))} for ${workload.to}: ${handText(workload)}`)
  return rows.length === 0 ? '' : `## By hand\n\nThe level that they are in the way of is in no script: plan again when they are changed.\n\n${rows.join('\n')}`
}

function handText({failing, fix, remarks, patch}: WorkloadPlan): string {
  const blocked = (fix?.blocked ?? []).map(({control, why}) => `${control}: ${why}`)
  const open = failing.filter(one => one.patch !== 'yes').map(({control}) => control)
  const said = [...remarks, ...blocked]
  return markdownCell([...(patch === 'in part' ? ['its patch does a part of it'] : []), ...(said.length === 0 ? open : said)].join('; '))
}

/** By control: each patch file says at its top what it may break in its own workload. */
function risks({workloads}: PodSecurityPlan): string {
  const counts = new Map<string, number>()
  for (const {isNeeded, fix} of workloads)
    for (const control of isNeeded ? new Set(fix?.risks.map(risk => risk.control)) : []) counts.set(control, (counts.get(control) ?? 0) + 1)
  const rows = [...counts].map(([control, count]) => `- ${control}: ${counted(count, 'workload')}`)
  return rows.length === 0 ? '' : `## What the patches may break\n\nAdmission lets a changed pod in; that it still works is another matter. Each patch file says at its top what to look at.\n\n${rows.join('\n')}`
}

function leftAlone({namespaces}: PodSecurityPlan): string {
  const rows = namespaces.filter(({held}) => held !== null && held.by !== 'unseen').map(({name, held}) => `- ${codeSpan(name)}: ${markdownCell(held?.why ?? '')}`)
  return rows.length === 0 ? '' : `## Left alone\n\n${rows.join('\n')}`
}

function upgrade({upgrade: notes}: PodSecurityPlan): string {
  return notes.length === 0 ? '' : `## The upgrade\n\n${notes.map(({release, text}) => `- ${release}: ${markdownCell(text)}`).join('\n')}\n\nEach workload: forecast.md.`
}
