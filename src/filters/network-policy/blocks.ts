import {OddField} from '../../kube/field.js'
import type {Cidr} from '../../network/cidr.js'
import {parseCidr} from '../../network/cidr.js'
import type {IntervalSet} from '../../network/interval-set.js'
import {setOf, subtract} from '../../network/interval-set.js'
import type {NotationKind} from './notation.js'
import {notationOf} from './notation.js'

/** What an `ipBlock` lets through. Equal blocks of a cluster share one. */
export interface BlockContent {
  /** Equal contents have equal numbers. */
  id: number
  cidr: Cidr
  except: readonly Cidr[]
  set: IntervalSet
  /** As it is written: `0.0.0.0/0 except 10.0.0.0/8`. */
  text: string
}

/** One `ipBlock` of a policy. */
export interface Block extends BlockContent {
  kind: 'block'
  /** `spec.egress[2].to[0].ipBlock` */
  path: string
}

/** A value as it is written, and what Kubernetes takes it for; null: nothing. */
export interface ReadCidr {
  cidr: Cidr | null
  /** What is unusual about how it is written. */
  notation: NotationKind | null
}

export interface BlockReader {
  cidr(text: string): ReadCidr
  /** Null: one of the values is nothing that Kubernetes reads. */
  content(cidr: string, except: readonly string[], path: string): BlockContent | null
}

/** Thousands of policies hold the same few blocks. */
export function blockReader(): BlockReader {
  const cidrs = new Map<string, ReadCidr>()
  const contents = new Map<string, BlockContent | null>()
  const readCidr = (text: string): ReadCidr => {
    const known = cidrs.get(text)
    if (known !== undefined) return known
    const cidr = parseCidr(text)
    const read = {cidr, notation: notationOf(text, cidr)}
    cidrs.set(text, read)
    return read
  }
  return {
    cidr: readCidr,
    content(text, except, path) {
      const words = except.length === 0 ? text : `${text} except ${except.join(', ')}`
      const known = contents.get(words)
      if (known !== undefined) return known
      const made = contentOf({text: words, id: contents.size, path}, readCidr(text).cidr, except.map(one => readCidr(one).cidr))
      contents.set(words, made)
      return made
    },
  }
}

function contentOf({text, id, path}: {text: string; id: number; path: string}, cidr: Cidr | null, exceptions: readonly (Cidr | null)[]): BlockContent | null {
  const except = exceptions.filter(one => one !== null)
  if (cidr === null || except.length < exceptions.length) return null
  const foreign = except.findIndex(({family}) => family !== cidr.family)
  // No API server takes it: what somebody wanted with it is anybody's guess.
  if (foreign !== -1) throw new OddField(`${path}.except[${foreign}]`, 'of the family of the block')
  return {id, cidr, except, set: subtract(setOf([cidr]), setOf(except)), text}
}
