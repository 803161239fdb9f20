import type {ConfigNote, PsaExemptions} from './psa-config.js'

/** Whose pods a controller makes: an exemption of its user is one of them all, in every namespace. */
const MAKERS: ReadonlyMap<string, string> = new Map([
  ['replicaset-controller', 'Deployments and ReplicaSets'],
  ['replication-controller', 'ReplicationControllers'],
  ['statefulset-controller', 'StatefulSets'],
  ['daemon-set-controller', 'DaemonSets'],
  ['job-controller', 'Jobs and CronJobs'],
])

const CONTROLLERS = 'system:serviceaccount:kube-system:'
/** The controller manager itself, where its controllers have no accounts of their own. */
const MANAGER = 'system:kube-controller-manager'

export interface FreedWorkloads {
  user: string
  /** `Deployments and ReplicaSets` */
  kinds: string
}

/** What an exempt user frees of every level in the whole cluster. */
export function freedWorkloads({usernames}: PsaExemptions): FreedWorkloads[] {
  return usernames.flatMap(user => {
    const kinds = user === MANAGER ? 'every workload, where the controllers share its account' : user.startsWith(CONTROLLERS) ? MAKERS.get(user.slice(CONTROLLERS.length)) : undefined
    return kinds === undefined ? [] : [{user, kinds}]
  })
}

const MAKER_OF: ReadonlyMap<string, string> = new Map([
  ['ReplicaSet', 'replicaset-controller'], ['ReplicationController', 'replication-controller'], ['StatefulSet', 'statefulset-controller'], ['DaemonSet', 'daemon-set-controller'], ['Job', 'job-controller'],
])

/** Is whoever makes the pods of such a controller exempt? @param kind of what controls a pod; null: nothing does */
export function areFreed(kind: string | null, {usernames}: Pick<PsaExemptions, 'usernames'>): boolean {
  const maker = kind === null ? undefined : MAKER_OF.get(kind)
  return maker !== undefined && usernames.some(user => user === MANAGER || user === `${CONTROLLERS}${maker}`)
}

/** Users are compared by name alone: a group among them is nobody. */
function isGroup(user: string): boolean {
  return user === 'system:masters' || user === 'system:nodes' || /^system:(?:un)?authenticated$/.test(user) || /^system:serviceaccounts(?::|$)/.test(user) || user.startsWith('system:bootstrappers')
}

/** Whoever makes pods under such a name is free of every level; most others are people, whose Deployments are judged all the same. */
export function userNotes(exemptions: PsaExemptions): ConfigNote[] {
  const freed = new Map(freedWorkloads(exemptions).map(({user, kinds}) => [user, kinds]))
  return exemptions.usernames.flatMap((user, index): ConfigNote[] => {
    const path = `exemptions.usernames[${index}]`
    const kinds = freed.get(user)
    if (kinds !== undefined) return [{path, message: `${user} is exempt, which frees the pods of ${kinds} in every namespace`}]
    if (isGroup(user)) return [{path, message: `${user} is a group: exemptions are compared with names of users, so it exempts nobody`}]
    if (/[*?]/.test(user)) return [{path, message: `${user} is no pattern: only a user of exactly this name is exempt`}]
    return []
  })
}
