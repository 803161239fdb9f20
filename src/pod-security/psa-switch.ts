import type {AdmissionFlags, AdmissionFlagsInfo, SwitchedOff} from '../audit/admission-flags.js'
import {isSwitchedOff, offAmong} from '../audit/admission-flags.js'
import {FIRST_MINOR} from './labels.js'

const PLUGIN = 'PodSecurity'
/** The gate of the same name: alpha and off in 1.22, beta and on in 1.23 and 1.24, then locked. */
const ALPHA_MINOR = 22
const LOCKED_MINOR = 25

/**
 * On how many of the API servers that are seen Pod Security admission does
 * nothing: the plugin is switched off, or its feature gate.
 *
 * @param minor of the server; null: judged as one of today
 */
export function podSecurityOff(info: AdmissionFlagsInfo, minor: number | null): SwitchedOff {
  if (minor !== null && minor < ALPHA_MINOR) return 'all'
  if (minor === ALPHA_MINOR) return wakenedAmong(info)
  return offAmong(info, flags => isSwitchedOff(flags, PLUGIN) || !isGateOn(flags, minor))
}

/** Nobody sees a gate that is on unless it is said. */
function wakenedAmong(info: AdmissionFlagsInfo): SwitchedOff {
  const asleep = offAmong(info, flags => isSwitchedOff(flags, PLUGIN) || !isGateOn(flags, ALPHA_MINOR))
  const isSeen = info.flagz !== null || info.pods.length > 0
  return isSeen ? asleep : 'all'
}

function isGateOn({gates}: AdmissionFlags, minor: number | null): boolean {
  if (minor === null || minor >= LOCKED_MINOR) return true
  const isBeta = minor >= FIRST_MINOR
  return gates?.get(PLUGIN) ?? gates?.get(isBeta ? 'AllBeta' : 'AllAlpha') ?? isBeta
}

/** How many of the API servers name a file with the configuration of their plugins. `unseen`: nothing tells of every one. */
export type ConfigFlag = 'none' | 'some' | 'all' | 'unseen'

/** @param isWhole every pod of the API servers was listed */
export function configFlag({flagz, pods, unreadPods}: AdmissionFlagsInfo, isWhole: boolean): ConfigFlag {
  const named = pods.filter(({configFile}) => configFile !== null).length
  const isNamed = flagz === null ? null : flagz.configFile !== null
  if (isWhole && pods.length > 0 && unreadPods.length === 0) {
    const isMixed = isNamed !== null && isNamed !== named > 0
    return (named > 0 && named < pods.length) || isMixed ? 'some' : named > 0 ? 'all' : 'none'
  }
  // One instance speaks for itself.
  return 'unseen'
}
