import type {ControlId} from '../../src/pod-security/control.js'

/**
 * Policies that look as if they refused all pods that break a control, each with
 * a way past that its expression hides. All were taken for whole once; real API
 * servers let pods through by them.
 */
export interface LaxPolicy {
  name: string
  control: ControlId
  validations: readonly string[]
  variables?: Readonly<Record<string, string>>
  isFailOpen?: boolean
}

const ALL = {all: 'object.spec.containers + object.spec.?initContainers.orValue([]) + object.spec.?ephemeralContainers.orValue([])'}
const IS_GOOD = '!c.?securityContext.?privileged.orValue(false)'
const GOOD = `variables.all.all(c, ${IS_GOOD})`
const CAPABILITIES = "['AUDIT_WRITE', 'CHOWN', 'DAC_OVERRIDE', 'FOWNER', 'FSETID', 'KILL', 'MKNOD', 'NET_BIND_SERVICE', 'SETFCAP', 'SETGID', 'SETPCAP', 'SETUID', 'SYS_CHROOT']"

const privileged = (name: string, expression: string, variables: Readonly<Record<string, string>> = {}): LaxPolicy => ({name, control: 'privileged', validations: [expression], variables: {...ALL, ...variables}})
const added = (name: string, test: string): LaxPolicy => ({name, control: 'capabilities_baseline', validations: [`variables.all.all(c, c.?securityContext.?capabilities.?add.orValue([]).all(x, ${test}))`], variables: ALL})
const failingOpen = (name: string, expression: string): LaxPolicy => ({...privileged(name, expression), isFailOpen: true})

export const LAX_POLICIES: readonly LaxPolicy[] = [
  added('text-put-together', `x == 'NET_' + 'RAW' || x in ${CAPABILITIES}`),
  added('text-in-a-pattern', 'x.matches(\'^(CHOWN|NET_RAW)$\')'),
  added('set-put-together', 'sets.contains([\'CHOWN\'] + [\'NET\' + \'_RAW\'], [x])'),
  // Two of them are none: what stands there is a text, and no error.
  privileged('not-not', '[object.spec].all(s, !!s.?securityContext.?seLinuxOptions.?role.orValue(\'\') == \'\') // privileged'),
  privileged('not-not-of-a-text', `!!'a' == 'a' || ${GOOD}`),
  privileged('optional-variable', `variables.?isOpen.orValue(true) || ${GOOD}`, {isOpen: 'true'}),
  privileged('variables-shadowed', 'variables.all.all(variables, variables.image != \'bad\') // privileged', {image: '\'bad\''}),
  privileged('object-shadowed', 'variables.all.all(object, variables.isGood)', {isGood: 'object.?securityContext.?privileged.orValue(false) == false'}),
  privileged('order-of-booleans', 'variables.all.all(c, c.?securityContext.?privileged.orValue(false) <= true)'),
  privileged('field-of-a-boolean', 'variables.all.all(c, !has(c.securityContext) || !has(c.securityContext.privileged) || !has(c.securityContext.privileged.really) || !c.securityContext.privileged)'),
  privileged('optional-of-a-boolean', 'variables.all.all(c, c.?securityContext.?privileged.?really.orValue(true))'),
  privileged('field-of-no-old-object', `!has(oldObject.spec) || ${GOOD}`),
  privileged('optional-of-no-old-object', `!oldObject.?spec.hasValue() || ${GOOD}`),
  // Errors: of these lists, one that is not there; an item of which nothing is known; one that is left out.
  failingOpen('list-not-there', `(object.spec.containers + object.spec.initContainers).all(c, ${IS_GOOD}) && object.spec.?initContainers.orValue([]).all(c, ${IS_GOOD})`),
  failingOpen('list-not-there-chosen', `(object.spec.containers + (object.spec.containers.size() > 0 ? object.spec.initContainers : [])).all(c, ${IS_GOOD}) && object.spec.?initContainers.orValue([]).all(c, ${IS_GOOD})`),
  failingOpen('filter-fails', 'variables.all.filter(c, c.securityContext.privileged).size() == 0'),
  failingOpen('map-fails', '!variables.all.map(c, c.securityContext.privileged).exists(p, p)'),
  failingOpen('item-fails', 'variables.all.all(c, [c.image.x, c.?securityContext.?privileged.orValue(false)].all(x, x != true))'),
  failingOpen('entry-fails', 'variables.all.all(c, {\'a\': c.x, \'b\': c.?securityContext.?privileged.orValue(false)}.b == false)'),
  failingOpen('optional-fails', `variables.all.all(c, optional.of(c.x).hasValue() && ${IS_GOOD})`),
  failingOpen('comparison-fails', `variables.all.all(c, (c.securityContext.privileged && c.stdin) == dyn('a') || ${IS_GOOD})`),
]
