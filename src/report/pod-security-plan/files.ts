import type {PodSecurityPlan} from '../../plan/pod-security/plan.js'
import {STAGES} from '../../plan/pod-security/plan.js'
import type {OverlayFile} from '../../pod-security/fix/patches.js'
import {kustomization} from '../../pod-security/fix/patches.js'
import {printable} from '../../printable.js'
import {codeSpan} from '../audit/markdown-text.js'
import {whereText} from '../audit/naming.js'
import {yamlItem, yamlMembers} from '../audit/yaml-text.js'
import type {PlanFile} from '../plan-script.js'
import {textFile} from '../plan-script.js'
import {wrap} from '../wrap.js'
import {planJson} from './document.js'
import {stepsAt} from './label-commands.js'
import {planReadme} from './readme.js'
import {fixScript, labelScripts, scriptOf} from './scripts.js'

/** What `--out` writes: a page to read, scripts and patches to look at and to apply, and the plan itself. */
export function planFiles(plan: PodSecurityPlan, tool: {version: string; factsAsOf: string}): PlanFile[] {
  return [
    textFile('README.md', planReadme(plan)), textFile('plan.json', planJson(plan, tool)),
    ...STAGES.flatMap(stage => [...labelScripts(plan, stage), ...labelManifest(plan, stage)]),
    ...fixScript(plan), ...patchFiles(plan), ...forecastFile(plan),
  ]
}

/** For those who keep their namespaces in git: the labels of a stage, as part of each manifest. */
function labelManifest({namespaces}: PodSecurityPlan, stage: (typeof STAGES)[number]): PlanFile[] {
  const documents = stepsAt(namespaces, stage).map(({namespace, changes}) => yamlMembers({
    apiVersion: 'v1', kind: 'Namespace', metadata: {name: namespace, labels: Object.fromEntries(changes.flatMap(({label, to}) => (to === null ? [] : [[label, to]])))},
  }, ''))
  return documents.length === 0 ? [] : [textFile(`labels/${scriptOf(stage).replace(/sh$/, 'yaml')}`, `# The labels that ${scriptOf(stage)} sets, for manifests that are kept in git.\n${documents.join('---\n')}`)]
}

function patchFiles({workloads}: PodSecurityPlan): PlanFile[] {
  const fixes = workloads.filter(({isNeeded}) => isNeeded).flatMap(({fix}) => (fix === null || fix.patches.json.length === 0 ? [] : [fix]))
  return fixes.length === 0 ? [] : kustomization(fixes).map(file => textFile(`patches/${file.path}`, yamlOf(file)))
}

function yamlOf({comments, body}: OverlayFile): string {
  const lines = comments.flatMap(comment => wrap(printable(comment), 96).map(line => `# ${line}\n`)).join('')
  return `${lines}${Array.isArray(body) ? body.map(item => yamlItem(item, '')).join('') : yamlMembers(body as object, '')}`
}

function forecastFile({workloads, target, server}: PodSecurityPlan): PlanFile[] {
  if (server.minor === null || server.minor >= target) return []
  const rows = workloads.flatMap(({owner, forecast}) => forecast.map(step => ({step, row: `| v1.${step.minor} | ${codeSpan(whereText(owner))} | ${step.level} | ${step.controls.join(', ')} | ${step.isEnforced ? 'yes' : 'no'} |`})))
  const sorted = rows.toSorted((a, b) => a.step.minor - b.step.minor).map(({row}) => row)
  const intro = `# What versions up to v1.${target} newly refuse\n\nA row for each workload and level: the first version at which that level refuses it, and the one before does not. \`enforced\`: its namespace enforces that level.\n\n`
  return [textFile('forecast.md', `${intro}${sorted.length === 0 ? 'Nothing that was seen.\n' : `| version | workload | level | because of | enforced |\n| --- | --- | --- | --- | --- |\n${sorted.join('\n')}\n`}`)]
}
