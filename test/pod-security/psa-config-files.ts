/** Configuration files, each with what an API server makes of it; real servers say the same in test/cluster/psa-config.test.ts. */
export interface ConfigFile {
  name: string
  text: string
  /** What stands in the file `included.yaml` beside it; `''`: it is empty. */
  included?: string
  /** No server starts with it: where and why. */
  refused?: RegExp
  /** Defaults of enforce, audit and warn; left out: the built-in ones. */
  policy?: string
  notes?: readonly RegExp[]
  /** Minors among 24, 30 and 37 that do not start with it. */
  limits?: readonly number[]
}

const bare = (rest: string, version = 'v1beta1'): string => `apiVersion: pod-security.admission.config.k8s.io/${version}\nkind: PodSecurityConfiguration\n${rest}`
const indent = (text: string): string => text.split('\n').map(line => (line === '' ? '' : `    ${line}`)).join('\n')
const outer = (entries: string): string => `apiVersion: apiserver.config.k8s.io/v1\nkind: AdmissionConfiguration\nplugins:\n${entries}`
const inline = (rest: string, version?: string): string => outer(`- name: PodSecurity\n  configuration:\n${indent(bare(rest, version))}`)

const BASELINE = 'defaults:\n  enforce: baseline\n'
const BASELINE_POLICY = 'baseline:latest privileged:latest privileged:latest'

export const CONFIG_FILES: readonly ConfigFile[] = [
  // What is taken.
  {name: 'defaults of one mode', text: inline(BASELINE), policy: BASELINE_POLICY},
  {
    name: 'all defaults', text: inline('defaults:\n  enforce: "baseline"\n  enforce-version: "v1.23"\n  audit: "restricted"\n  audit-version: latest\n  warn: restricted\n  warn-version: v1.20\n'),
    policy: 'baseline:v1.23 restricted:latest restricted:v1.20',
  },
  {name: 'a version alone', text: inline('defaults: {enforce-version: v1.24}\n'), policy: 'privileged:v1.24 privileged:latest privileged:latest'},
  {name: 'empty strings and nulls are as good as nothing', text: inline('defaults:\n  enforce: ""\n  audit: null\n  enforce-version: ""\nexemptions: null\n')},
  {name: 'nothing but its kind', text: inline('')},
  {name: 'v1alpha1', text: inline(BASELINE, 'v1alpha1'), policy: BASELINE_POLICY},
  {name: 'v1', text: inline(BASELINE, 'v1'), policy: BASELINE_POLICY, limits: [24]},
  {name: 'the older group of the outer file', text: inline(BASELINE).replace('apiserver.config.k8s.io/v1', 'apiserver.k8s.io/v1alpha1'), policy: BASELINE_POLICY},
  {name: 'JSON', text: JSON.stringify({apiVersion: 'apiserver.config.k8s.io/v1', kind: 'AdmissionConfiguration', plugins: [{name: 'PodSecurity', path: '', configuration: {apiVersion: 'pod-security.admission.config.k8s.io/v1beta1', kind: 'PodSecurityConfiguration', defaults: {enforce: 'baseline'}}}]}), policy: BASELINE_POLICY},
  {name: 'exemptions', text: inline('exemptions:\n  usernames: ["eve", "system:serviceaccount:ci:builder"]\n  runtimeClasses: [gvisor.example]\n  namespaces: [kube-system, "123"]\n')},
  {name: 'by path', text: outer('- name: PodSecurity\n  path: included.yaml\n'), included: bare(BASELINE), policy: BASELINE_POLICY},
  {name: 'inline before a path', text: `${inline(BASELINE)}  path: included.yaml\n`, included: bare('defaults: {enforce: restricted}\n'), policy: BASELINE_POLICY, notes: [/^plugins\[0\]\.path is not read/]},
  {name: 'an empty file by path', text: outer('- name: PodSecurity\n  path: included.yaml\n'), included: '', notes: [/^plugins\[0\]\.path names an empty file: the built-in/]},
  {name: 'an entry without anything', text: outer('- name: PodSecurity\n'), notes: [/^plugins\[0\] has neither configuration nor path/]},
  {name: 'no entry', text: outer('- name: ResourceQuota\n'), notes: [/^ has no entry for PodSecurity/]},
  {name: 'no plugins', text: 'apiVersion: apiserver.config.k8s.io/v1\nkind: AdmissionConfiguration\n', notes: [/^ has no entry for PodSecurity/]},
  {name: 'a name in other letters is skipped', text: inline(BASELINE).replace('name: PodSecurity', 'name: podSecurity'), notes: [/^plugins\[0\]\.name "podSecurity" is no admission plugin.*; PodSecurity is meant$/, /^ has no entry/]},
  {name: 'a name that nothing has is skipped', text: inline(BASELINE).replace('name: PodSecurity', 'name: PSA'), notes: [/^plugins\[0\]\.name "PSA" is no admission plugin, and the server skips the entry$/, /^ has no entry/]},
  {name: 'a second entry is not read', text: `${inline(BASELINE)}- name: PodSecurity\n  configuration:\n${indent(bare('defaults: {enforce: restricted}\n'))}`, policy: BASELINE_POLICY, notes: [/^plugins\[1\]\.name names PodSecurity a second time/]},
  {name: 'unknown fields of the outer file stop newer servers only', text: inline(BASELINE).replace('  configuration:', '  configuratoin:'), notes: [/^plugins\[0\]\.configuratoin is no field/, /^plugins\[0\] has neither/], limits: [37]},
  {name: 'a legacy file of another plugin', text: 'imagePolicy: {}\n', notes: [/^ configures another plugin/]},
  {name: 'a controller that is exempt', text: inline('exemptions: {usernames: ["system:serviceaccount:kube-system:replicaset-controller", "system:kube-controller-manager", "system:serviceaccount:kube-system:deployment-controller"]}\n'), notes: [/^plugins\[0\]\.configuration\.exemptions\.usernames\[0\] .*frees the pods of Deployments and ReplicaSets/, /usernames\[1\] .*every workload/]},
  {name: 'groups and patterns among users exempt nobody', text: inline('exemptions: {usernames: ["system:masters", "system:serviceaccounts:ci", "ci-*"]}\n'), notes: [/is a group/, /is a group/, /is no pattern/]},
  // What is refused.
  {name: 'a level in capital letters', text: inline('defaults: {enforce: Baseline}\n'), refused: /^plugins\[0\]\.configuration\.defaults\.enforce: is no level/},
  {name: 'a version without v', text: inline('defaults: {enforce-version: "1.25"}\n'), refused: /defaults\.enforce-version: is no version/},
  {name: 'a version with a leading zero', text: inline('defaults: {warn-version: v1.05}\n'), refused: /defaults\.warn-version: is no version/},
  {name: 'a version that no integer holds', text: inline('defaults: {warn-version: v1.9223372036854775808}\n'), refused: /defaults\.warn-version: is no version/},
  {name: 'a version that is a number', text: inline('defaults: {audit-version: 1.25}\n'), refused: /defaults\.audit-version: is not a string/},
  {name: 'a field in capital letters', text: inline('Defaults: {enforce: baseline}\n'), refused: /configuration\.Defaults: is no field.*defaults is meant/},
  {name: 'a mode of another name', text: inline('defaults: {enforced: baseline}\n'), refused: /defaults\.enforced: is no field/},
  {name: 'a version field in camel case', text: inline('defaults: {enforceVersion: latest}\n'), refused: /defaults\.enforceVersion: is no field.*enforce-version is meant/},
  {name: 'runtimeClassNames', text: inline('exemptions: {runtimeClassNames: [gvisor]}\n'), refused: /exemptions\.runtimeClassNames: is no field.*runtimeClasses is meant/},
  {name: 'userNames', text: inline('exemptions: {userNames: [eve]}\n'), refused: /exemptions\.userNames: is no field.*usernames is meant/},
  {name: 'metadata', text: inline('metadata: {name: x}\n'), refused: /configuration\.metadata: is no field/},
  {name: 'a pattern of namespaces', text: inline('exemptions: {namespaces: ["kube-*"]}\n'), refused: /exemptions\.namespaces\[0\]: is the name of no namespace/},
  {name: 'a namespace twice', text: inline('exemptions: {namespaces: [a, b, a]}\n'), refused: /exemptions\.namespaces\[2\]: stands there twice/},
  {name: 'a namespace of 64 letters', text: inline(`exemptions: {namespaces: [${'a'.repeat(64)}]}\n`), refused: /exemptions\.namespaces\[0\]/},
  {name: 'a namespace with a dot', text: inline('exemptions: {namespaces: [a.b]}\n'), refused: /exemptions\.namespaces\[0\]/},
  {name: 'a namespace that is null', text: inline('exemptions: {namespaces: [null]}\n'), refused: /exemptions\.namespaces\[0\]/},
  {name: 'a user without a name', text: inline('exemptions: {usernames: [""]}\n'), refused: /exemptions\.usernames\[0\]: is empty/},
  {name: 'a user twice', text: inline('exemptions: {usernames: [eve, eve]}\n'), refused: /exemptions\.usernames\[1\]: stands there twice/},
  {name: 'a runtime class in capital letters', text: inline('exemptions: {runtimeClasses: [GVisor]}\n'), refused: /exemptions\.runtimeClasses\[0\]: is the name of no runtime class/},
  {name: 'one name where a list belongs', text: inline('exemptions: {namespaces: kube-system}\n'), refused: /exemptions\.namespaces: is not a list/},
  {name: 'a version of the group that nobody has', text: inline(BASELINE, 'v2'), refused: /configuration\.apiVersion: is none that a server reads/},
  {name: 'a configuration without a kind', text: outer('- name: PodSecurity\n  configuration: {}\n'), refused: /^plugins\[0\]\.configuration: has no kind/},
  {name: 'a configuration that is a list', text: outer('- name: PodSecurity\n  configuration: []\n'), refused: /^plugins\[0\]\.configuration: is no PodSecurityConfiguration/},
  {name: 'a file by path with nothing but a comment', text: outer('- name: PodSecurity\n  path: included.yaml\n'), included: '# to do\n', refused: /^included : is no PodSecurityConfiguration/},
  {name: 'a mistake in the file by path', text: outer('- name: PodSecurity\n  path: included.yaml\n'), included: bare('defaults: {enforce: strict}\n'), refused: /^included defaults\.enforce: is no level/},
  {name: 'an outer file without apiVersion', text: inline(BASELINE).replace('apiVersion: apiserver.config.k8s.io/v1\n', ''), refused: /^: has no apiVersion/},
  {name: 'an outer file of another version', text: inline(BASELINE).replace('apiserver.config.k8s.io/v1', 'apiserver.config.k8s.io/v1beta1'), refused: /^apiVersion: is none that a server reads/},
  {name: 'an object of another kind', text: 'apiVersion: apiserver.config.k8s.io/v1\nkind: EncryptionConfiguration\n', refused: /^kind: is neither/},
  {name: 'plugins that are no list', text: 'apiVersion: apiserver.config.k8s.io/v1\nkind: AdmissionConfiguration\nplugins: {name: PodSecurity}\n', refused: /^plugins: is not a list/},
  {name: 'a path that is a number', text: outer('- name: PodSecurity\n  path: 1\n'), refused: /^plugins\[0\]\.path: is not a string/},
]

/** By themselves they are what a file by path, and the webhook's ConfigMap, hold. */
export const BARE_CONFIG = bare
