import {at, listAt, textAt, textsAt} from '../../kube/field.js'
import type {Json, KubeObject} from '../../kube/json.js'
import {withoutSpace} from './template-code.js'
import {KIND as OWN_KIND, REGO as OWN_REGO} from '../external-ip-fix/gatekeeper-rego.js'

const LIBRARY_KIND = 'K8sExternalIPs'

/** Whose kind it is: Gatekeeper's library has one, and so has `external-ips fix`. */
export type Maker = 'library' | 'fix'

/** What a ConstraintTemplate has to do with external IPs. */
export interface Template {
  /** Null: any other template. */
  maker: Maker | null
  /** Is all its code that of its maker, so that we know what it refuses? */
  isKnown: boolean
  /** Roads whose field it names. */
  mentions: {spec: boolean; status: boolean}
  /** Operations that its targets are limited to; empty: all that the webhook sends. */
  operations: readonly string[]
}

export function templateOf(template: KubeObject): Template {
  const code = codeOf(template)
  const kind = textAt(template, 'spec', 'crd', 'spec', 'names', 'kind')
  const maker = kind === LIBRARY_KIND ? 'library' : kind === OWN_KIND ? 'fix' : null
  return {
    maker,
    isKnown: code.length > 0 && code.every(maker === 'fix' ? isOwnCode : isLibraryCode),
    mentions: {spec: code.some(one => one.includes('externalIPs')), status: code.some(one => one.includes('loadBalancer'))},
    operations: listAt(template, 'spec', 'targets').flatMap(target => textsAt(target, 'operations')),
  }
}

/** Rego as it stands; other languages as text that is never the library's. */
function codeOf(template: KubeObject): string[] {
  return listAt(template, 'spec', 'targets').flatMap(target => {
    const rego = textAt(target, 'rego')
    return [...(rego === undefined ? [] : [rego]), ...listAt(target, 'code').map(sourceOf)]
  })
}

function sourceOf(code: Json): string {
  const source = at(code, 'source')
  return textAt(code, 'engine') === 'Rego' ? (textAt(source, 'rego') ?? '') : JSON.stringify(source ?? {})
}

/** The library's rule in its three spellings (v0, the future keywords, v1), white space aside: a set difference, no word about the operation. */
const LIBRARY = new RegExp([
  String.raw`^packagek8sexternalips(?:import(?:future\.keywords\.\w+?|rego\.v1)(?=import|violation))*`,
  String.raw`violation(?:\[\{"msg":msg\}\]|contains\(?\{"msg":msg\}\)?if)\{`,
  String.raw`input\.review\.kind\.kind=="Service"input\.review\.kind\.group==""`,
  String.raw`(\w+):=\{ip\|(?:ip:=input\.parameters\.allowedIPs\[_\]|someipininput\.parameters\.allowedIPs)\}`,
  String.raw`(\w+):=\{ip\|(?:ip:=input\.review\.object\.spec\.externalIPs\[_\]|someipininput\.review\.object\.spec\.externalIPs)\}`,
  String.raw`(\w+):=\2-\1count\(\3\)>0msg:=sprintf\("[^"]*",\[\3\]\)\}$`,
].join(''))

export function isLibraryCode(rego: string): boolean {
  return LIBRARY.test(withoutSpace(rego))
}

function isOwnCode(rego: string): boolean {
  return withoutSpace(rego) === withoutSpace(OWN_REGO)
}
