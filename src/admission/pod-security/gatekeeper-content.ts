import {OddField, textsAt} from '../../kube/field.js'
import {shortList} from '../../kube/short-list.js'
import type {ControlId} from '../../pod-security/control.js'
import type {TemplateCode} from './gatekeeper-code.js'
import type {Enforced, Given} from './gatekeeper-forms.js'
import {FORMS} from './gatekeeper-forms.js'
import type {LibraryCode} from './gatekeeper-library.js'
import {LIBRARY, OTHER_LIBRARY} from './gatekeeper-library.js'

type Controls = ReadonlyMap<ControlId, readonly string[]>

/** The library's codes of a template; empty: about nothing that the Standards ask; null: not the library's. */
export function libraryCodesOf({digests}: TemplateCode): LibraryCode[] | null {
  if (digests.length === 0 || digests.some(digest => digest === null || !(LIBRARY.has(digest) || OTHER_LIBRARY.has(digest)))) return null
  return digests.flatMap(digest => LIBRARY.get(digest!) ?? [])
}

/** Which of several codes is run depends on Gatekeeper's flags: what holds is what all of them refuse. Null: parameters that are none. */
export function controlsOf(codes: readonly LibraryCode[], given: Given): Controls | null {
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

function controlsOfCode({form, hasExemptions}: LibraryCode, given: Given): Controls | null {
  const enforced = FORMS[form](given)
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
