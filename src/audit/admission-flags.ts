import type {Json, KubeObject} from '../kube/json.js'
import {listAt, mappingAt, textAt, textsAt} from '../kube/field.js'
import {nameOf} from '../kube/object.js'
import {flagValues} from '../kube/command-flags.js'
import {isLiveApiServer} from '../kube/pod.js'
import {defineFact} from './fact.js'

/** What one API server was told about its admission plugins. */
export interface AdmissionFlags {
  /** Pod name; `/flagz` for the instance that answered there. */
  instance: string
  enabled: readonly string[]
  disabled: readonly string[]
  /** The older flag is there: plugins of the default set that it does not name are off. */
  replacesDefaults: boolean
  /** Where it reads the configuration of its plugins; null: nowhere. */
  configFile: string | null
  /** Feature gates by name; null: they cannot be told. */
  gates: ReadonlyMap<string, boolean> | null
}

export interface AdmissionFlagsInfo {
  /** Null: nothing answered at `/flagz`. */
  flagz: AdmissionFlags | null
  pods: readonly AdmissionFlags[]
  /** API server pods whose flags cannot be told: a value that only their environment knows, no such container. */
  unreadPods: readonly string[]
}

/** How many of the API servers that are seen have a plugin of the default set off. */
export type SwitchedOff = 'no' | 'some' | 'all'

export function switchedOff(info: AdmissionFlagsInfo, plugin: string): SwitchedOff {
  return offAmong(info, flags => isSwitchedOff(flags, plugin))
}

export function isSwitchedOff({disabled, enabled, replacesDefaults}: AdmissionFlags, plugin: string): boolean {
  return disabled.includes(plugin) || (replacesDefaults && !enabled.includes(plugin))
}

export function offAmong(info: AdmissionFlagsInfo, isOff: (flags: AdmissionFlags) => boolean): SwitchedOff {
  const seen = seenFlags(info)
  const off = seen.filter(isOff)
  if (off.length === 0) return 'no'
  return off.length === seen.length && info.unreadPods.length === 0 ? 'all' : 'some'
}

/** Of every API server that is seen; the one behind `/flagz` may be one of the pods too. */
export function seenFlags({flagz, pods}: AdmissionFlagsInfo): AdmissionFlags[] {
  return [...pods, ...(flagz === null ? [] : [flagz])]
}

/** Those whose flags name a plugin. */
export function namingFlags(info: AdmissionFlagsInfo, plugin: string): AdmissionFlags[] {
  return seenFlags(info).filter(({enabled}) => enabled.includes(plugin))
}

const ENABLE = 'enable-admission-plugins'
const DISABLE = 'disable-admission-plugins'
/** The older form: an ordered list that takes the place of the default set. */
const OLD_ENABLE = 'admission-control'
const CONFIG_FILE = 'admission-control-config-file'
const GATES = 'feature-gates'

/** The admission flags of every API server that can be seen, from `/flagz` and from their pods. */
export const admissionFlags = defineFact({
  id: 'admission-flags',
  reads: ['flagz', 'control-plane-pods'],
  create() {
    let flagz: AdmissionFlags | null = null
    const pods: AdmissionFlags[] = []
    const unreadPods: string[] = []
    return {
      flagz(object) {
        flagz = flagsOfFlagz(object)
      },
      'control-plane-pods'(pod) {
        if (!isLiveApiServer(pod)) return
        const flags = flagsOfPod(pod)
        if (flags === null) unreadPods.push(nameOf(pod))
        else pods.push(flags)
      },
      end: (): AdmissionFlagsInfo => ({flagz, pods, unreadPods}),
    }
  },
})

function flagsOfFlagz(object: KubeObject): AdmissionFlags | null {
  const flags = mappingAt(object, 'flags')
  if (Object.keys(flags).length === 0) return null
  const listed = (flag: string): string[] => namesIn(textAt(object, 'flags', flag) ?? '')
  return {
    instance: '/flagz', enabled: [...listed(ENABLE), ...listed(OLD_ENABLE)], disabled: listed(DISABLE), replacesDefaults: listed(OLD_ENABLE).length > 0,
    configFile: textAt(object, 'flags', CONFIG_FILE) || null, gates: gatesIn([textAt(object, 'flags', GATES) ?? '']),
  }
}

/** `A=true,B=false`, as often as it is given; the last word counts. Null where only the environment of the program tells. */
function gatesIn(values: readonly string[]): ReadonlyMap<string, boolean> | null {
  if (values.some(value => value.includes('$'))) return null
  // What ParseBool takes for true.
  return new Map(values.flatMap(namesIn).map(pair => pair.split('=')).map(([name = '', value = '']) => [name.trim(), /^(?:1|t|true)$/i.test(value.trim())]))
}

/** `[A,B]` of a live server, `A,B` of a command line. */
export function namesIn(value: string): string[] {
  return value.replace(/^\[|\]$/g, '').split(',').map(name => name.trim()).filter(name => name !== '')
}

/** Null where the flags cannot be told. */
function flagsOfPod(pod: KubeObject): AdmissionFlags | null {
  const container = apiServerContainerOf(pod)
  if (container === undefined) return null
  // A repeated flag adds up.
  const old = flagValues(container, OLD_ENABLE)
  const enabled = [...flagValues(container, ENABLE), ...old]
  const disabled = flagValues(container, DISABLE)
  // `$(NAME)` is replaced from the environment of the container, which nobody reads here.
  if ([...enabled, ...disabled].some(value => value.includes('$'))) return null
  return {
    instance: nameOf(pod), enabled: enabled.flatMap(namesIn), disabled: disabled.flatMap(namesIn), replacesDefaults: old.flatMap(namesIn).length > 0,
    configFile: flagValues(container, CONFIG_FILE).at(-1) || null, gates: gatesIn(flagValues(container, GATES)),
  }
}

export function apiServerContainerOf(pod: KubeObject): Json | undefined {
  return listAt(pod, 'spec', 'containers').find(isApiServerContainer)
}

function isApiServerContainer(container: Json): boolean {
  const words = [...textsAt(container, 'command'), ...textsAt(container, 'args')]
  return words.length > 0 && (textAt(container, 'name') === 'kube-apiserver' || words.some(word => /(^|[\s/])kube-apiserver(\s|$)/.test(word)))
}
