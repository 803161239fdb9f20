import type {DualStackPlan, PlanItem, PolicyPlan} from '../../plan/dual-stack/plan.js'
import {codeSpan, markdownCell} from '../audit/markdown-text.js'
import {familiesText} from '../audit/heading.js'
import {counted, thousands, whereText} from '../audit/naming.js'
import {rangesText} from './head.js'
import {patchFile} from './patch-files.js'
import {APPLY_SCRIPT, UNDO_SCRIPT} from './scripts.js'
import {classWords, rangeFlags, tasksOf} from './words.js'

/** The page that a person reads before anything is applied. */
export function planReadme(plan: DualStackPlan): string {
  const sections = [
    `# Dual-stack plan for ${markdownCell(plan.cluster.name)}\n\nNow ${familiesText(plan.families)}; judged as if every pod, Service and load balancer had both families. Nothing of this was applied.`,
    missingText(plan), `${rangesText(plan)}.`, orderOfWork(plan), plan.isWithoutPolicies ? '' : classTable(plan), sources(plan), opened(plan), ranges(plan), byHand(plan), choices(plan), others(plan),
  ]
  return `${sections.filter(section => section !== '').join('\n\n')}\n`
}

function missingText({incomplete, remarks}: DualStackPlan): string {
  const rows = [
    ...incomplete.map(({resource, outcome, detail}) => `- **Incomplete**: ${markdownCell(resource)} ${markdownCell(outcome)}${detail === '' ? '' : `: ${markdownCell(detail)}`}. What is there and was not read may lack more.`),
    ...remarks.map(remark => `- ${markdownCell(remark)}`),
  ]
  return rows.join('\n')
}

function orderOfWork(plan: DualStackPlan): string {
  const {applied, managed, ranges: open, hand} = tasksOf(plan)
  const steps = [
    ...(open.length === 0 ? [] : ['Plan again with the ranges that are missing (below).']),
    ...(hand.length === 0 ? [] : ['Name what only you can tell (below).']),
    ...(managed.length === 0 ? [] : ['Change the sources of what something else writes (below).']),
    ...(applied.length === 0 ? [] : [`Look at the patches, then \`sh ${APPLY_SCRIPT}\`: ${counted(applied.length, 'policy', 'policies')}. \`sh ${UNDO_SCRIPT}\` puts the lists back. \`KUBECTL="kubectl --context NAME"\` chooses the cluster.`]),
    'Audit with `kubectl k121 audit --topic dual-stack --assume dual`, and the same `--range` flags.', 'Then switch IPv6 on.',
  ]
  const notes = 'Each patch adds to lists and fails where these are no longer what they were; the API server tries all of them before one is stored. An IPv6 block is an `ipBlock` of its own beside that of IPv4: neither holds addresses of the other family. NetworkPolicies may hold both in one rule; policies of Calico\'s own kinds may not, there each family needs a rule of its own.'
  const isNothing = applied.length + managed.length + open.length + hand.length === 0
  return `## Order of work\n\n${isNothing ? `There is nothing to add${plan.incomplete.length === 0 && !plan.isWithoutPolicies ? '' : ', as far as was seen'}.\n\n` : ''}${steps.map((step, index) => `${index + 1}. ${step}`).join('\n')}\n\n${notes}`
}

function classTable({classes, same}: DualStackPlan): string {
  const rows = [
    ...classes.map(sum => `| ${sum.class} | ${classWords(sum).meaning} | ${thousands(sum.policies)} | ${thousands(sum.pods)} | ${classWords(sum).effect} | ${classWords(sum).answer} |`),
    `| - | both alike | ${thousands(same.alike.policies)} | ${thousands(same.alike.pods)} | same in both | none |`,
    `| - | selectors only | ${thousands(same.selectors.policies)} | ${thousands(same.selectors.pods)} | same in both | none |`,
  ]
  return `## NetworkPolicies\n\n| class | meaning | policies | pods | when IPv6 is on | answer |\n| --- | --- | --- | --- | --- | --- |\n${rows.join('\n')}`
}

function sources(plan: DualStackPlan): string {
  const rows = tasksOf(plan).managed.map(({policy, manager}) => `- ${codeSpan(whereText(policy))}, by ${markdownCell(manager ?? '')}: ${patchFile('patches', policy)}`)
  return rows.length === 0 ? '' : `## Written by something else\n\nWhat is added in the cluster would be taken away or lost. These are in no script; the patch says what the source lacks (patches/kustomization.yaml is an overlay of all).\n\n${rows.join('\n')}`
}

/** What a reader of the patches would not expect in them. */
function opened(plan: DualStackPlan): string {
  return itemSection(plan, 'Look twice', 'These are in the patches, with something to know about them.', ({answer, why}) => (answer === 'add' || answer === 'except') && why !== '')
}

function ranges(plan: DualStackPlan): string {
  const {ranges: open, needs} = tasksOf(plan)
  const rows = open.flatMap(({policy, items}) => items.filter(({answer}) => answer === 'range').map(item => `- ${codeSpan(whereText(policy))} ${blocksText(item)}: ${rangeFlags(item.needs)}`))
  return rows.length === 0 ? '' : `## Needs a range\n\nWhat these policies leave out, or let through, are ranges of the cluster that it does not show over IPv6. Many clusters give pods and nodes global addresses, which no private range holds. Plan again with \`${rangeFlags(needs)}\`.\n\n${rows.join('\n')}`
}

function byHand(plan: DualStackPlan): string {
  return itemSection(plan, 'By hand', 'No rule gives an address over IPv6 to a peer that only you know.', item => item.answer === 'hand', tasksOf(plan).hand.flatMap(({policy, unread}) => unread.map(({path, text}) => `- ${codeSpan(whereText(policy))} ${codeSpan(path)} ${codeSpan(text)}: what it lets through is not known, nor what the pods need that it selects`)))
}

function choices(plan: DualStackPlan): string {
  return itemSection(plan, 'Your choice', 'What is there may be meant, so nothing is changed.', item => item.answer === 'choice' || item.answer === 'today')
}

function itemSection({policies}: DualStackPlan, title: string, intro: string, isOf: (item: PlanItem) => boolean, more: readonly string[] = []): string {
  const rows = policies.flatMap((plan: PolicyPlan) => plan.items.filter(isOf).map(item => `- ${codeSpan(whereText(plan.policy))} ${blocksText(item)} (${item.class}, ${item.direction}, ports ${markdownCell(item.ports)}): ${doText(item)}`))
  return rows.length + more.length === 0 ? '' : `## ${title}\n\n${intro}\n\n${[...rows, ...more].join('\n')}`
}

/** What to write as it is to be written, and our words about it. */
function doText({lines, why}: PlanItem): string {
  return [lines.map(codeSpan).join(', '), why === '' ? '' : markdownCell(why)].filter(text => text !== '').join('. ')
}

function blocksText({blocks}: PlanItem): string {
  return blocks.map(({path, text}) => `${codeSpan(path)} ${codeSpan(text)}`).join(', ')
}

function others({others: sums}: DualStackPlan): string {
  const rows = sums.map(({check, class: name, findings, latent, isPreview}) => `| ${name} | ${check}${isPreview ? ' (preview)' : ''} | ${thousands(findings)} | ${thousands(latent)} |`)
  return rows.length === 0 ? '' : `## Other filters\n\nNo patch is written for these; the audit names each and says what to add.\n\n| class | check | findings | not reached over IPv6 |\n| --- | --- | --- | --- |\n${rows.join('\n')}`
}
