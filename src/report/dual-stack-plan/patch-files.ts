import {plainName, shortName} from '../../kube/file-name.js'
import type {Json} from '../../kube/json.js'
import type {PatchOperation, PolicyPlan} from '../../plan/dual-stack/plan.js'
import {kustomizeTarget} from '../../pod-security/fix/patches.js'
import {escapeUnit} from '../../printable.js'
import {yamlMembers} from '../audit/yaml-text.js'
import type {PlanFile} from '../plan-script.js'
import {textFile} from '../plan-script.js'
import type {Tasks} from './words.js'

/** `patches/shop/web.json` */
export function patchFile(folder: 'patches' | 'undo', {namespace, name}: {namespace: string; name: string}): string {
  return `${folder}/${shortName(plainName(namespace))}/${shortName(plainName(name))}.json`
}

/** A JSON patch for each policy, what takes it back, and all of them as a kustomize overlay. */
export function patchFiles({applied, managed}: Tasks): PlanFile[] {
  const all = [...applied, ...managed]
  if (all.length === 0) return []
  return [
    textFile('patches/kustomization.yaml', overlayText(all)),
    ...all.map(({policy, patch}) => textFile(patchFile('patches', policy), patchText(patch?.apply ?? []))),
    ...applied.map(({policy, patch}) => textFile(patchFile('undo', policy), patchText(patch?.undo ?? []))),
  ]
}

/** As Go's encoder writes it: kubectl's library compares strings as they are written. */
function patchText(operations: readonly PatchOperation[]): string {
  return `${JSON.stringify(operations as unknown as Json, null, 2).replace(/[<>&\u007f-\uffff]/g, escapeUnit)}\n`
}

function overlayText(plans: readonly PolicyPlan[]): string {
  const head = [
    'Put the folders or files that hold these policies under resources: without them there is nothing to patch.',
    'A target with a namespace matches only where the manifest says the same namespace.',
  ]
  const patches = plans.map(({policy}) => ({path: patchFile('patches', policy).slice('patches/'.length), target: kustomizeTarget(policy)}))
  return `${head.map(line => `# ${line}\n`).join('')}${yamlMembers({apiVersion: 'kustomize.config.k8s.io/v1beta1', kind: 'Kustomization', resources: [], patches}, '')}`
}
