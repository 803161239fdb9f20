import type {ControlId} from '../../pod-security/control.js'
import {CONTROLS, NEWEST_MINOR} from '../../pod-security/control.js'
import {IMAGE_VOLUME_SINCE} from '../../pod-security/allowed.js'
import {CONTROL_TABLE} from '../../pod-security/controls/table.js'
import {regoOf} from '../../pod-security/rego/template.js'
import {REGO as EXTERNAL_IPS} from '../external-ip-fix/gatekeeper-rego.js'
import {digestOfRego} from './gatekeeper-code.js'
import type {KnownCode} from './gatekeeper-content.js'

/** What `explain --rego` prints, by content: the newest rules of one control each, for every operation. */
export const OWN_CODES: ReadonlyMap<string, KnownCode> = new Map(CONTROLS.map(control => [
  digestOfRego(regoOf(control)),
  {seesEphemeral: true, seesUpdates: true, hasExemptions: false, enforced: ({minor}) => [[control, allowedSince(control, minor)]]},
]))

/** Ours too, and about Services: what `external-ips fix --to gatekeeper` prints. */
export const OTHER_OWN: ReadonlySet<string> = new Set([digestOfRego(EXTERNAL_IPS)])

/** Rules only ever became milder where their newest window is a later one than the first that Kubernetes still serves. */
function allowedSince(control: ControlId, minor: number): string[] {
  const newest = CONTROL_TABLE.find(({id}) => id === control)?.windows.at(-1)?.from ?? 0
  const since = control === 'restrictedVolumes' ? IMAGE_VOLUME_SINCE : newest
  return since > minor ? [`what the Standards allow since 1.${since}: it has the rules of 1.${NEWEST_MINOR}`] : []
}
