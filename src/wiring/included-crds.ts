import {UsageError} from '../errors.js'
import type {CrdKey} from '../kube/included-crd.js'
import {keyOfCrd, parseCrd} from '../kube/included-crd.js'
import type {Resource} from '../kube/resources.js'
import {RESOURCES} from '../kube/resources.js'
import {quote} from '../printable.js'

const HINT = 'GROUP/RESOURCE=PATH, such as batch.example.com/crons=spec.template; [] stands for each item of a list, {} for each value of a map'

/** What `--include-crd` names, each once. */
export function includedCrds(given: readonly string[] | undefined): CrdKey[] {
  return [...new Set((given ?? []).map(keyOf))]
}

function keyOf(text: string): CrdKey {
  const crd = parseCrd(text)
  if (crd === null) throw new UsageError('bad-argument', `--include-crd ${quote(text)} names no resource with a path in it`, HINT)
  const row = (Object.values(RESOURCES) as Resource[]).find(one => one.group === crd.group && one.plural === crd.plural)
  if (row !== undefined) throw new UsageError('bad-argument', `--include-crd ${quote(text)}: ${crd.plural}.${crd.group} are read anyway`, 'leave it out')
  return keyOfCrd(crd)
}
