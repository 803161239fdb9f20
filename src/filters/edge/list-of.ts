import type {ObjectRef, SourcePlace} from '../../audit/finding.js'
import type {KubeObject} from '../../kube/json.js'
import {annotationsOf, nameOf, namespaceOf} from '../../kube/object.js'
import {covers, familiesOf, ofFamily} from '../../network/interval-set.js'
import {otherFamilyOf} from '../../network/ip.js'
import {EVERYTHING} from '../chain/chain.js'
import type {SourceItem, SourceList} from './source-list.js'
import {isReadable, itemOf, setOfItems} from './source-list.js'

/** Where a reader has the places of fields from: the context of a check. */
export interface Places {
  place(object: KubeObject, path: string): SourcePlace | null
}

/** The lists of one object. */
export type ListReader = (object: KubeObject, places: Places) => SourceList[]

/** Nothing where the list is empty, for an empty list is none to those who act on it. */
export function listOf(object: KubeObject, places: Places, list: Pick<SourceList, 'kind' | 'path' | 'items' | 'door'>): SourceList[] {
  return list.items.length === 0 ? [] : [{...list, object: refOf(object), place: places.place(object, list.path)}]
}

export function refOf(object: KubeObject): ObjectRef {
  return {apiVersion: object.apiVersion, kind: object.kind, namespace: namespaceOf(object), name: nameOf(object)}
}

/** The first of these annotations that says anything: older names count only where the newer one is missing. */
export function annotationIn(object: KubeObject, names: readonly string[]): {name: string; value: string} | null {
  const annotations = annotationsOf(object)
  const name = names.find(one => (annotations[one] ?? '') !== '')
  return name === undefined ? null : {name, value: annotations[name] ?? ''}
}

export function annotationPath(name: string): string {
  return `metadata.annotations[${JSON.stringify(name)}]`
}

/** As Go reads it since 1.17, which most controllers are written in: no blanks, no number with a zero in front. */
export function strictItemOf(text: string): SourceItem {
  const isOdd = text !== text.trim() || (!text.includes(':') && /(?:^|\.)0\d/.test(text))
  return isOdd ? {text, cidr: null} : itemOf(text)
}

/**
 * A deny list beside an allow list in one place, where a client must pass both.
 * What the allow list lets nobody in from, no deny list has to forbid: so it
 * says something of its own only where all of its missing family may come.
 */
export function besideAllow(allow: readonly SourceList[], deny: readonly SourceList[]): SourceList[] {
  return [...allow, ...deny.filter(list => !isReadable(list) || allow.every(one => mayCome(one, list)))]
}

function mayCome(allow: SourceList, deny: SourceList): boolean {
  if (!isReadable(allow)) return false
  const [named, second] = familiesOf(setOfItems(deny.items))
  if (named === undefined || second !== undefined) return true
  return covers(setOfItems(allow.items), ofFamily(EVERYTHING, otherFamilyOf(named)))
}
