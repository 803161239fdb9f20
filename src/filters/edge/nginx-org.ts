import {textsAt} from '../../kube/field.js'
import type {ListReader} from './list-of.js'
import {listOf, strictItemOf} from './list-of.js'
import type {ListKind} from './source-list.js'

/**
 * Source: the templates of F5's NGINX Ingress Controller, `allow …; deny all;`
 * and `deny …; allow all;`. A Policy with both lists, or with an entry that is
 * none, is invalid: what refers to it answers 500.
 */
const KINDS: Readonly<Record<'allow' | 'deny', ListKind>> = {
  allow: {
    words: 'accessControl.allow of this Policy', mode: 'allow', otherFamily: 'closed', whenUnreadable: 'closes',
    because: 'the controller ends the list with `deny all`',
  },
  deny: {
    words: 'accessControl.deny of this Policy', mode: 'deny', otherFamily: 'open', whenUnreadable: 'closes',
    because: 'the controller ends the list with `allow all`',
  },
}

export const nginxOrgLists: ListReader = (policy, places) => {
  const lists = (['allow', 'deny'] as const).flatMap(mode => listOf(policy, places, {
    kind: KINDS[mode], path: `spec.accessControl.${mode}`, door: {by: 'controller', names: ['nginx-ingress']},
    items: textsAt(policy, 'spec', 'accessControl', mode).map(strictItemOf),
  }))
  return lists.length === 2 ? [] : lists
}
