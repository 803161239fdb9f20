import {at, textAt, textsAt} from '../../kube/field.js'
import type {Json} from '../../kube/json.js'
import type {IntervalSet} from '../../network/interval-set.js'
import {setOf, subtract} from '../../network/interval-set.js'
import {goBlock} from '../go-block.js'

/** A block with what is left out of it. */
export interface IPBlock {
  path: string
  /** `0.0.0.0/0 except 10.0.0.0/8` */
  text: string
  set: IntervalSet
}

/** @param path of the block, not of its `cidr` */
export function blockAt(value: Json, path: string): IPBlock {
  const text = textAt(value, 'cidr') ?? ''
  const except = textsAt(value, 'except')
  return {
    path, text: except.length === 0 ? text : `${text} except ${except.join(', ')}`,
    set: subtract(setOf([goBlock(text, `${path}.cidr`)]), setOf(except.map((one, index) => goBlock(one, `${path}.except[${index}]`)))),
  }
}

export function ipBlockAt(peer: Json, path: string): IPBlock | null {
  const block = at(peer, 'ipBlock')
  return block === undefined ? null : blockAt(block, `${path}.ipBlock`)
}
