import type {ObjectRef} from '../audit/finding.js'
import {groupOf} from '../kube/object.js'
import {printable} from '../printable.js'
import {shellQuoted} from './shell-quote.js'
import {wrap} from './wrap.js'

export interface PlanFile {
  /** Below the directory, with `/`. */
  path: string
  text: string
  isProgram: boolean
}

export interface ScriptHead {
  does: string
  /** Which cluster, and what for. */
  plannedFor: string
  undo: string
  /** Of the cluster's kube-system; null: nothing tells it. */
  uid: string | null
  /** True where it is not said. */
  isStoppedByFailure?: boolean
}

/** How every script of a plan begins: what it does and undoes, and that it runs against no other cluster. */
export function scriptHead({does, plannedFor, undo, uid, isStoppedByFailure = true}: ScriptHead): string[] {
  return [
    '#!/bin/sh', ...comment(does), ...comment(`Planned for ${plannedFor}. It asks nothing${isStoppedByFailure ? '; the first failure ends it' : ''}.`), ...comment(undo),
    ...comment('KUBECTL is the kubectl to use, with its flags: KUBECTL="kubectl --context NAME".'), 'set -eu', 'kubectl=${KUBECTL:-kubectl}', '',
    ...(uid === null ? [] : [
      "uid=$($kubectl get namespace kube-system -o 'jsonpath={.metadata.uid}')",
      `[ "$uid" = ${shellQuoted(uid)} ] || { echo 'this is another cluster than the one that the plan was made for' >&2; exit 1; }`, '',
    ]),
  ]
}

/** To the folder of the script: patch files are named from there. */
export const TO_OWN_FOLDER = 'CDPATH= cd -- "$(dirname -- "$0")"'

/** Names from the cluster stand in comments: a line break in one must not end the comment. */
export function comment(text: string): string[] {
  return wrap(printable(text), 96).map(line => `# ${line}`)
}

export function program(path: string, lines: readonly string[]): PlanFile {
  return {path, text: `${lines.join('\n')}\n`, isProgram: true}
}

export function textFile(path: string, text: string): PlanFile {
  return {path, text, isProgram: false}
}

/** Manifests may leave the namespace or the name open, and files may hold names that no object can have. */
export function isAddressable({namespace, name}: ObjectRef): boolean {
  // Without a dot, as namespaces are: a folder must not take the name of a file of the plan.
  return /^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?$/.test(namespace) && /^[a-z0-9](?:[-a-z0-9.]*[a-z0-9])?$/.test(name)
}

/** `deployment.v1.apps`: of two groups with a kind of this name the right one. */
export function kubectlResource({apiVersion, kind}: ObjectRef): string {
  const group = groupOf({apiVersion})
  return group === '' ? kind.toLowerCase() : `${kind.toLowerCase()}.${apiVersion.slice(apiVersion.indexOf('/') + 1)}.${group}`
}
