import type {DualStackPlan} from '../../plan/dual-stack/plan.js'
import type {PlanFile} from '../plan-script.js'
import {textFile} from '../plan-script.js'
import {planJson} from './document.js'
import {patchFiles} from './patch-files.js'
import {planReadme} from './readme.js'
import {planScripts} from './scripts.js'
import {tasksOf} from './words.js'

/** What `--out` writes: a page to read, a script, what undoes it, patches to look at and to apply, and the plan itself. */
export function planFiles(plan: DualStackPlan, tool: {version: string; factsAsOf: string}): PlanFile[] {
  return [textFile('README.md', planReadme(plan)), textFile('plan.json', planJson(plan, tool)), ...planScripts(plan), ...patchFiles(tasksOf(plan))]
}
