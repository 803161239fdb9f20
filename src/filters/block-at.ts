import {OddField, pathOf} from '../kube/field.js'
import type {Step} from '../kube/field.js'
import type {Cidr} from '../network/cidr.js'
import {parseCidr, pointOf} from '../network/cidr.js'
import {parseIp} from '../network/ip.js'

/** A block of a custom resource, or an address alone, which stands for itself there. No API server has looked at it. */
export function blockAt(text: string, steps: readonly Step[]): Cidr {
  const ip = text.includes('/') ? null : parseIp(text)
  const cidr = ip === null ? parseCidr(text) : pointOf(ip)
  if (cidr === null) throw new OddField(pathOf(steps), 'an address block')
  return cidr
}
