import {APP_ARMOR_ANNOTATION, DEFAULT_CAPABILITIES, SECCOMP_CONTAINER_ANNOTATION, SECCOMP_POD_ANNOTATION, SYSCTLS} from './allowed.js'
import type {ControlText} from './catalogue.js'
import type {BASELINE_CONTROLS} from './control.js'

const SECURITY_CONTEXT = {title: 'Security contexts of pods and containers', url: 'https://kubernetes.io/docs/tasks/configure-pod-container/security-context/'}

const list = (names: readonly string[]): string => names.toSorted().join(', ')

export const BASELINE_PAGES: Readonly<Record<(typeof BASELINE_CONTROLS)[number], ControlText>> = {
  appArmorProfile: {
    title: 'AppArmor',
    why: 'AppArmor keeps a process from files and kernel interfaces of the node, whoever it runs as. A container that leaves it has one fence less when its program is taken over.',
    rules: [{since: 0, text: `securityContext.appArmorProfile of the pod and of each container: not set, or of type RuntimeDefault or Localhost. Annotations that begin ${APP_ARMOR_ANNOTATION}: empty, runtime/default, or beginning localhost/. Servers before 1.30 read the annotations only.`}],
    remediation: 'Remove the profile or set type RuntimeDefault. A program that needs more gets a profile of its own on the nodes: type Localhost and its name in localhostProfile.',
    risk: 'Under the default profile of the runtime a program may not mount, nor write to most of /proc and /sys. With Localhost the container does not start on a node that lacks the profile.',
    cis: [], references: [{title: 'AppArmor in Kubernetes', url: 'https://kubernetes.io/docs/tutorials/security/apparmor/'}],
  },
  capabilities_baseline: {
    title: 'Capabilities',
    why: 'A capability is a piece of what root may do on the node. With SYS_ADMIN, SYS_PTRACE, SYS_MODULE or NET_ADMIN a container reaches what is outside of it.',
    rules: [{since: 0, text: `capabilities.add of each container holds nothing but ${[...DEFAULT_CAPABILITIES].join(', ')}. Compared byte for byte: CAP_CHOWN and chown are refused. NET_RAW is not on the list, though runtimes give it to whoever does not drop it.`}],
    remediation: 'Take what is not on the list out of capabilities.add. What needs it belongs into an agent of the node, in a namespace of its own at level privileged.',
    risk: 'Programs that mount, trace, load modules or set up interfaces and packet filters fail with "operation not permitted". A service mesh stops needing NET_ADMIN once its CNI plugin is installed.',
    cis: ['5.2.8', '5.2.9'], references: [SECURITY_CONTEXT],
  },
  hostNamespaces: {
    title: 'Host Namespaces',
    why: 'On the network of the node a pod reaches what listens on its loopback address and is not bound by network policies; among the processes of the node it sees their arguments and environment and may signal them; with its IPC it reads their shared memory.',
    rules: [{since: 0, text: 'hostNetwork, hostPID and hostIPC of the pod: false or not set. On the host network the API server makes each containerPort of a pod a hostPort too, which is a control of its own.'}],
    remediation: 'Remove the field. There is no form of it that passes: what really needs it (node agents, CNI, kube-proxy) runs in a namespace at level privileged.',
    risk: 'Off the host network the pod has an address of its own: clients that used the node\'s address need a Service, and what listens on 127.0.0.1 of the node cannot be reached any more.',
    cis: ['5.2.3', '5.2.4', '5.2.5'], references: [],
  },
  hostPathVolumes: {
    title: 'HostPath Volumes',
    why: 'A directory of the node in a container is a way out of it: the socket of the runtime, the kubelet\'s credentials, a cron directory. Read-only still shows the secrets of all pods of the node.',
    rules: [{since: 0, text: 'no volume of the pod has hostPath, whether mounted or not, read-only or not'}],
    remediation: 'Use emptyDir for scratch space, a PersistentVolumeClaim for data, a projected volume for configuration. No hostPath passes.',
    risk: 'Data in the directory does not come along. A hostPath or local PersistentVolume behind a claim passes this control, and is the same danger: who may create PersistentVolumes decides then.',
    cis: ['5.2.12'], references: [{title: 'hostPath volumes', url: 'https://kubernetes.io/docs/concepts/storage/volumes/#hostpath'}],
  },
  hostPorts: {
    title: 'Host Ports',
    why: 'A port of the node is reached around Services and often around network policies, and whoever takes it first keeps others from it: a pod can pose as an agent of the node.',
    rules: [{since: 0, text: 'hostPort of each port of each container: 0 or not set, whatever hostIP says. On the host network the API server fills it in for pods.'}],
    remediation: 'Remove hostPort and reach the pod by a Service: NodePort or LoadBalancer where it must be reached from outside.',
    risk: 'Clients that use the address of the node and this port no longer reach it.',
    cis: ['5.2.13'], references: [],
  },
  hostProbesAndHostLifecycle: {
    title: 'Host Probes / Lifecycle Hooks',
    why: 'The kubelet sends these requests, from the node: with host set, the author of a pod has it ask any address that the node reaches, such as the metadata service of the cloud or what listens on its loopback address, and learns from the result.',
    rules: [{since: 34, text: 'host of httpGet and tcpSocket in livenessProbe, readinessProbe, startupProbe, lifecycle.postStart and lifecycle.preStop: empty or not set. 127.0.0.1 and localhost are refused too; a Host header under httpHeaders is not looked at.'}],
    remediation: 'Remove host: the kubelet then asks the pod\'s own address. A site that needs a name gets it as httpHeaders with name Host.',
    risk: 'A program that listens on the loopback address only is not reached at the pod\'s address: let it listen there as well, or probe it with exec.',
    cis: [], references: [{title: 'Probes', url: 'https://kubernetes.io/docs/tasks/configure-pod-container/configure-liveness-readiness-startup-probes/'}],
  },
  privileged: {
    title: 'Privileged Containers',
    why: 'A privileged container has every capability, all devices of the node and neither seccomp nor AppArmor: who controls it controls the node.',
    rules: [{since: 0, text: 'securityContext.privileged of each container: false or not set'}],
    remediation: 'Remove the field. Look for what the program needs it for: a device (a device plugin), a sysctl (securityContext.sysctls of the pod), a mount (a CSI driver).',
    risk: 'Anything that used devices, mounts, modules or /proc/sys of the node fails. An init container that only sets a sysctl is replaced by the pod\'s own sysctls, or by a setting of the node.',
    cis: ['5.2.2'], references: [SECURITY_CONTEXT],
  },
  procMount: {
    title: '/proc Mount Type',
    why: 'The runtime hides the parts of /proc that tell about the node or change it. With Unmasked a container sees and may write them.',
    rules: [
      {since: 0, text: 'securityContext.procMount of each container: Default or not set'},
      {since: 35, text: 'the same, but a pod with hostUsers: false may set what it likes'},
    ],
    remediation: 'Remove the field, or set hostUsers: false for the pod where containers must be started inside (restricted refuses that still).',
    risk: 'Programs that start containers or build images inside a container need Unmasked. hostUsers: false asks for a kernel and a file system with idmapped mounts on the node.',
    cis: [], references: [{title: 'User namespaces', url: 'https://kubernetes.io/docs/concepts/workloads/pods/user-namespaces/'}],
  },
  seLinuxOptions: {
    title: 'SELinux',
    why: 'The type decides what SELinux lets a process do: spc_t is nearly nothing forbidden. A user or role of one\'s own leads to other types.',
    rules: [
      {since: 0, text: 'seLinuxOptions of the pod and of each container: type empty, container_t, container_init_t or container_kvm_t; user and role empty; level free'},
      {since: 31, text: 'type may also be container_engine_t'},
    ],
    remediation: 'Remove type, user and role, keep level where volumes are shared by it.',
    risk: 'On nodes with SELinux the program is held to container_t: access to files of the node or with other labels is denied. Elsewhere nothing changes.',
    cis: [], references: [SECURITY_CONTEXT],
  },
  seccompProfile_baseline: {
    title: 'Seccomp',
    why: 'Without a filter of system calls a program gets at all of the kernel, the seldom used and badly tested parts as well: many ways out of containers went through those.',
    rules: [
      {since: 0, text: `annotations ${SECCOMP_POD_ANNOTATION} and ${SECCOMP_CONTAINER_ANNOTATION}NAME of containers that exist: absent, runtime/default, docker/default, or beginning localhost/`},
      {since: 19, text: 'securityContext.seccompProfile of the pod and of each container: not set, or of type RuntimeDefault or Localhost. The annotations count no more.'},
    ],
    remediation: 'Remove the profile or set type RuntimeDefault.',
    risk: 'System calls that the default of the runtime blocks fail: keyctl, bpf, perf_event_open, mounts, with newer runtimes io_uring. A profile of one\'s own (Localhost) may allow them.',
    cis: ['5.7.2'], references: [{title: 'Seccomp in Kubernetes', url: 'https://kubernetes.io/docs/tutorials/security/seccomp/'}],
  },
  sysctls: {
    title: 'Sysctls',
    why: 'A kernel setting that is not held apart for each pod changes the node for all of them, and some of those that are held apart cost memory of the node.',
    rules: SYSCTLS.map(({from, names}) => ({since: from, text: from === 0 ? `securityContext.sysctls of the pod names nothing but ${list(names)}. Compared byte for byte: the spelling with slashes is refused.` : `and ${list(names)}`})),
    remediation: 'Remove the setting, or raise the version of the namespace\'s label where a newer list has it. What must be set is set on the node.',
    risk: 'The program runs with the node\'s value: net.core.somaxconn, for one, bounds how many connections may wait.',
    cis: [], references: [{title: 'Sysctls in a cluster', url: 'https://kubernetes.io/docs/tasks/administer-cluster/sysctl-cluster/'}],
  },
  windowsHostProcess: {
    title: 'HostProcess',
    why: 'A HostProcess container is a process of the Windows node itself, with the rights of the account that it names: privileged, in the words of Windows.',
    rules: [{since: 0, text: 'securityContext.windowsOptions.hostProcess of the pod and of each container: false or not set'}],
    remediation: 'Remove the field. No form of it passes: agents of Windows nodes run in a namespace at level privileged.',
    risk: 'Network plugins, storage drivers and log collectors of Windows nodes need it.',
    cis: ['5.2.11'], references: [{title: 'HostProcess pods', url: 'https://kubernetes.io/docs/tasks/configure-pod-container/create-hostprocess-pod/'}],
  },
}
