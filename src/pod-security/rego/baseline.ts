import {APP_ARMOR_ANNOTATION, DEFAULT_CAPABILITIES, SELINUX_TYPES, SYSCTLS} from '../allowed.js'
import type {BASELINE_CONTROLS} from '../control.js'
import {procMountRule, textSet} from './parts.js'

/** What each control refuses by the rules of the newest minor. Null is not set: manifests have it, requests never. */
export const BASELINE_REGO: Readonly<Record<(typeof BASELINE_CONTROLS)[number], string>> = {
  appArmorProfile: `failures(pod) = by_field | by_annotation {
  all := holders(pod)
  by_field := {msg |
    holder := all[_]
    profile := object.get(holder.context.appArmorProfile, "type", "")
    not allowed_types[profile]
    msg := sprintf("%v must not set AppArmor profile type %q", [holder.name, profile])
  }
  by_annotation := {msg |
    value := pod.metadata.annotations[key]
    startswith(key, "${APP_ARMOR_ANNOTATION}")
    not is_allowed_annotation(value)
    msg := sprintf("annotation %v must not be %q", [key, value])
  }
}

allowed_types = {"RuntimeDefault", "Localhost"}

is_allowed_annotation(value) {
  {"", "runtime/default"}[value]
}

is_allowed_annotation(value) {
  startswith(value, "localhost/")
}`,

  capabilities_baseline: `failures(pod) = {msg |
  all := containers(pod)
  container := all[_]
  capability := container.securityContext.capabilities.add[_]
  not allowed[capability]
  msg := sprintf("container %v must not add capability %q", [container.name, capability])
}

allowed = ${textSet(DEFAULT_CAPABILITIES)}`,

  hostNamespaces: `failures(pod) = {msg |
  field := fields[_]
  pod.spec[field] == true
  msg := sprintf("%v must not be true", [field])
}

fields = {"hostNetwork", "hostPID", "hostIPC"}`,

  hostPathVolumes: `failures(pod) = {msg |
  volume := pod.spec.volumes[_]
  volume.hostPath != null
  msg := sprintf("volume %v must not be a hostPath", [volume.name])
}`,

  hostPorts: `failures(pod) = {msg |
  all := containers(pod)
  container := all[_]
  port := container.ports[_].hostPort
  is_number(port)
  port != 0
  msg := sprintf("container %v must not use hostPort %v", [container.name, port])
}`,

  hostProbesAndHostLifecycle: `failures(pod) = {msg |
  all := containers(pod)
  container := all[_]
  handlers := asked(container)
  host := handlers[_][actions[_]].host
  is_string(host)
  host != ""
  msg := sprintf("container %v must not have host %q in a probe or lifecycle handler", [container.name, host])
}

asked(container) = probes | hooks {
  probes := {handler | handler := container[probe_fields[_]]}
  hooks := {handler | handler := container.lifecycle[hook_fields[_]]}
}

probe_fields = {"livenessProbe", "readinessProbe", "startupProbe"}

hook_fields = {"postStart", "preStop"}

actions = {"httpGet", "tcpSocket"}`,

  privileged: `failures(pod) = {msg |
  all := containers(pod)
  container := all[_]
  container.securityContext.privileged == true
  msg := sprintf("container %v must not be privileged", [container.name])
}`,

  procMount: procMountRule('  not has_user_namespace(pod)\n'),

  seLinuxOptions: `failures(pod) = {msg |
  all := holders(pod)
  holder := all[_]
  field := fields[_]
  value := holder.context.seLinuxOptions[field]
  is_string(value)
  value != ""
  not is_allowed(field, value)
  msg := sprintf("%v must not set seLinuxOptions.%v %q", [holder.name, field, value])
}

# The level is free.
fields = {"type", "user", "role"}

is_allowed("type", value) {
  allowed_types[value]
}

allowed_types = ${textSet(SELINUX_TYPES.flatMap(({types}) => types).filter(type => type !== ''))}`,

  seccompProfile_baseline: `failures(pod) = {msg |
  all := holders(pod)
  holder := all[_]
  profile := object.get(holder.context.seccompProfile, "type", "")
  not allowed_types[profile]
  msg := sprintf("%v must not set seccomp profile type %q", [holder.name, profile])
}

allowed_types = {"RuntimeDefault", "Localhost"}`,

  sysctls: `failures(pod) = {msg |
  name := pod.spec.securityContext.sysctls[_].name
  not allowed[name]
  msg := sprintf("the pod must not set sysctl %q", [name])
}

allowed = ${textSet(SYSCTLS.flatMap(({names}) => names))}`,

  windowsHostProcess: `failures(pod) = {msg |
  all := holders(pod)
  holder := all[_]
  holder.context.windowsOptions.hostProcess == true
  msg := sprintf("%v must not be a HostProcess container", [holder.name])
}`,
}
