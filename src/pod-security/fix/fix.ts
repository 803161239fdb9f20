import type {ObjectRef} from '../../audit/finding.js'
import type {Json} from '../../kube/json.js'
import type {ControlId} from '../control.js'
import type {Level} from '../labels.js'
import type {Operation} from './json-patch.js'
import type {Merge} from './strategic-merge.js'

/** One field of an object that becomes another, or goes. */
export interface Change {
  control: ControlId
  /** Below the object: `spec.template.spec.containers[0].securityContext.procMount`. */
  path: string
  /** Null: the pod as a whole. */
  container: string | null
  /** Null: nothing stands there, or what no manifest has. */
  before: Json
  /** Null: the field goes. */
  after: Json
}

/** A control that no change of fields makes pass while the workload does what it does. */
export interface Block {
  control: ControlId
  why: string
}

/** What may stop working although admission lets it in. */
export interface Risk {
  control: ControlId
  text: string
}

export interface WorkloadFix {
  object: ObjectRef
  /** What it fits now. */
  from: Level
  to: Level
  /** What it fits with the changes made: `to` or stricter, unless something is blocked. */
  reached: Level
  /**
   * The API lets nobody change the pods of a Job, nor a bare pod: it is deleted
   * and created anew from the changed manifest. A static pod comes from a file on
   * its node.
   */
  how: 'patch' | 'recreate' | 'node-file'
  changes: readonly Change[]
  blocked: readonly Block[]
  risks: readonly Risk[]
  patches: Patches
}

export interface Patches {
  json: readonly Operation[]
  /** Null: a kind whose lists the API server and kustomize do not merge by name, or containers that cannot be told apart. */
  merge: Merge | null
  /** False: kustomize does not do what such a merge says, so its overlay takes the JSON patch. */
  isSafeInOverlays: boolean
}
