import {OddField, textsAt} from '../../kube/field.js'
import {shortList} from '../../kube/short-list.js'
import type {ControlId} from '../../pod-security/control.js'
import type {TemplateCode} from './gatekeeper-code.js'
import type {Enforced, Given} from './gatekeeper-forms.js'
import {FORMS} from './gatekeeper-forms.js'
import type {LibraryCode} from './gatekeeper-library.js'
import {LIBRARY, OTHER_LIBRARY} from './gatekeeper-library.js'
import {OTHER_OWN, OWN_CODES} from './gatekeeper-own.js'

type Controls = ReadonlyMap<ControlId, readonly string[]>

/** Code of a template that is known by its content. */
export interface KnownCode extends Pick<LibraryCode, 'seesEphemeral' | 'seesUpdates' | 'hasExemptions'> {
  /** What it refuses with a constraint's parameters; null: parameters with which it is not known. */
  enforced(given: Given): readonly Enforced[] | null
}

/** Of a template that is known by all its codes; empty: about nothing that the Standards ask. Null: it is not known. */
export function knownCodesOf({digests}: TemplateCode): KnownCode[] | null {
  const each = digests.map(digest => (digest === null ? null : codesOf(digest)))
  return each.length === 0 || each.includes(null) ? null : each.flatMap(codes => codes ?? [])
}

function codesOf(digest: string): KnownCode[] | null {
  if (OTHER_LIBRARY.has(digest) || OTHER_OWN.has(digest)) return []
  const library = LIBRARY.get(digest)
  const known = library === undefined ? OWN_CODES.get(digest) : {...library, enforced: FORMS[library.form]}
  return known === undefined ? null : [known]
}

/** Which of several codes is run depends on Gatekeeper's flags: what holds is what all of them refuse. Null: parameters that are none. */
export function controlsOf(codes: readonly KnownCode[], given: Given): Controls | null {
  try {
    return inAll(codes.map(code => controlsOfCode(code, given)))
  } catch (error) {
    if (error instanceof OddField) return null
    throw error
  }
}

function inAll(each: readonly (Controls | null)[]): Controls | null {
  const known = each.filter(one => one !== null)
  if (known.length < each.length) return null
  return known.length === 0 ? new Map() : known.reduce(inBoth)
}

function inBoth(some: Controls, others: Controls): Controls {
  return new Map([...some].flatMap(([control, gaps]) => {
    const more = others.get(control)
    return more === undefined ? [] : [[control, [...new Set([...gaps, ...more])]]]
  }))
}

function controlsOfCode({enforced: enforcedBy, hasExemptions}: KnownCode, given: Given): Controls | null {
  const enforced = enforcedBy(given)
  const exempt = hasExemptions ? textsAt(given.parameters, 'exemptImages') : []
  return enforced === null ? null : new Map(exempt.length === 0 ? enforced : enforced.flatMap(one => withExemptions(one, exempt)))
}

/** Judged for the pod as a whole: no image excuses it. */
const OF_THE_POD: readonly ControlId[] = ['hostNamespaces', 'hostPathVolumes', 'restrictedVolumes', 'sysctls']
/** Judged for the pod and for each container. */
const OF_BOTH: readonly ControlId[] = ['seLinuxOptions', 'windowsHostProcess']

function withExemptions([control, gaps]: Enforced, images: readonly string[]): Enforced[] {
  if (OF_THE_POD.includes(control)) return [[control, gaps]]
  if (images.includes('*') && !OF_BOTH.includes(control)) return []
  return [[control, [...gaps, `containers of the images ${shortList(images, 3)}`]]]
}
