import type {ObjectRef} from '../../audit/finding.js'
import {plainName, shortName} from '../../kube/file-name.js'
import type {Json, JsonObject} from '../../kube/json.js'
import {groupOf} from '../../kube/object.js'
import {LEVELS} from '../labels.js'
import type {WorkloadFix} from './fix.js'
import {isBuiltIn} from './fixable-kinds.js'

/** The changes are enough: with them it fits the level, or a stricter one. */
export function isReached({reached, to}: Pick<WorkloadFix, 'reached' | 'to'>): boolean {
  return LEVELS.indexOf(reached) >= LEVELS.indexOf(to)
}

export interface OverlayFile {
  /** Below the overlay's folder. */
  path: string
  /** Lines before the body. */
  comments: readonly string[]
  body: Json
}

const LOST_NAME = 'has no name of its own (generateName): kustomize cannot address it'

/** A kustomize overlay: `kustomization.yaml` and a file for each object. What it changes stands in the resources that a person names. */
export function kustomization(fixes: readonly WorkloadFix[]): OverlayFile[] {
  const changed = fixes.filter(({changes}) => changes.length > 0)
  const addressed = changed.filter(({object}) => object.name !== '')
  const patches = addressed.map(fix => ({path: fileOf(fix.object), target: kustomizeTarget(fix.object)}))
  const comments = [
    'Put the folders or files that hold these objects under resources: without them there is nothing to patch.',
    'A target with a namespace matches only where the manifest says the same namespace.',
    ...addressed.filter(({how}) => how === 'recreate').map(({object}) => `${textOf(object)} cannot be changed where it runs: delete it and create it anew.`),
    ...changed.filter(({object}) => object.name === '').map(({object}) => `${textOf(object)} ${LOST_NAME}.`),
  ]
  const head: OverlayFile = {path: 'kustomization.yaml', comments, body: {apiVersion: 'kustomize.config.k8s.io/v1beta1', kind: 'Kustomization', resources: [], patches} as unknown as JsonObject}
  return [head, ...addressed.map(fileFor)]
}

function fileFor(fix: WorkloadFix): OverlayFile {
  const {merge, json, isSafeInOverlays} = fix.patches
  return {path: fileOf(fix.object), comments: commentsOf(fix), body: merge !== null && isSafeInOverlays ? merge : json as unknown as Json}
}

function commentsOf({object, from, to, reached, blocked, risks}: WorkloadFix): string[] {
  const goes = isReached({reached, to}) ? `From ${from} to ${to}.` : `From ${from} towards ${to}: it does not get there by fields alone.`
  return [`${textOf(object)}. ${goes}`, ...blocked.map(({control, why}) => `Left, ${control}: ${why}.`), ...risks.map(({control, text}) => `Risk, ${control}: ${text}`)]
}

function textOf({kind, namespace, name}: ObjectRef): string {
  return `${kind} ${namespace === '' ? '' : `${namespace}/`}${name}`.trim()
}

/** kustomize reads names in a target as regular expressions over the whole name. */
export function kustomizeTarget({apiVersion, kind, namespace, name}: ObjectRef): JsonObject {
  const group = groupOf({apiVersion})
  return {
    ...(group === '' ? {} : {group}), version: apiVersion.slice(apiVersion.indexOf('/') + 1), kind: escaped(kind), name: escaped(name),
    ...(namespace === '' ? {} : {namespace: escaped(namespace)}),
  }
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')
}

/** `shop/deployment-web.yaml`. Two objects never share one, and no name leads out of the folder. */
export function fileOf({apiVersion, kind, namespace, name}: ObjectRef): string {
  const group = isBuiltIn({apiVersion}) ? '' : `.${groupOf({apiVersion})}`
  // The first dash ends the kind.
  const whose = plainName(`${kind.toLowerCase()}${group}`).replaceAll('-', '%2d')
  return `${shortName(namespace === '' ? '_none' : plainName(namespace))}/${shortName(`${whose}-${plainName(name)}`)}.yaml`
}
