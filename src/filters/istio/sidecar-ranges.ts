import {OddField} from '../../kube/field.js'
import type {KubeObject} from '../../kube/json.js'
import {annotationsOf} from '../../kube/object.js'
import type {Cidr} from '../../network/cidr.js'
import {parseCidr} from '../../network/cidr.js'
import {FAMILIES} from '../../network/interval-set.js'
import type {Family} from '../../network/ip.js'

const PREFIX = 'traffic.sidecar.istio.io/'

export interface RangeGap {
  /** `include`: what the sidecar takes; `exclude`: what passes beside it. */
  list: 'include' | 'exclude'
  annotation: string
  text: string
  /** The family of which nothing is named. */
  missing: Family
}

/**
 * Ranges of outbound traffic, as `SeparateV4V6` of Istio's iptables reads them:
 * a rule for each block in the tables of its family, and none in those of a
 * family without a block. `*` is everything of both; an empty list is meant.
 */
export function rangeGaps(pod: KubeObject): RangeGap[] {
  const annotations = annotationsOf(pod)
  return (['include', 'exclude'] as const).flatMap((list): RangeGap[] => {
    const annotation = `${PREFIX}${list}OutboundIPRanges`
    const text = (annotations[annotation] ?? '').trim()
    if (text === '' || text === '*') return []
    const named = familiesIn(text, annotation)
    const missing = FAMILIES.filter(family => !named.includes(family))
    return missing.map(family => ({list, annotation, text, missing: family}))
  })
}

function familiesIn(text: string, annotation: string): Family[] {
  const cidrs = text.split(',').map(part => part.trim()).filter(part => part !== '').map((part): Cidr => {
    const cidr = parseCidr(part)
    if (cidr === null) throw new OddField(`metadata.annotations["${annotation}"]`, 'a list of blocks')
    return cidr
  })
  return cidrs.map(({family}) => family)
}
