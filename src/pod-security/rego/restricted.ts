import {ALLOWED_VOLUMES, RESTRICTED_CAPABILITY} from '../allowed.js'
import type {RESTRICTED_CONTROLS} from '../control.js'
import {procMountRule, textSet} from './parts.js'

export const RESTRICTED_REGO: Readonly<Record<(typeof RESTRICTED_CONTROLS)[number], string>> = {
  allowPrivilegeEscalation: `failures(pod) = {msg |
  not is_windows(pod)
  all := containers(pod)
  container := all[_]
  not forbids(container)
  msg := sprintf("container %v must set allowPrivilegeEscalation to false", [container.name])
}

forbids(container) {
  container.securityContext.allowPrivilegeEscalation == false
}`,

  capabilities_restricted: `failures(pod) = {msg |
  not is_windows(pod)
  all := containers(pod)
  container := all[_]
  messages := capability_failures(container)
  msg := messages[_]
}

capability_failures(container) = kept_all | added {
  kept_all := {msg |
    not drops_all(container)
    msg := sprintf("container %v must drop ALL capabilities", [container.name])
  }
  added := {msg |
    capability := container.securityContext.capabilities.add[_]
    capability != "${RESTRICTED_CAPABILITY}"
    msg := sprintf("container %v must not add capability %q", [container.name, capability])
  }
}

drops_all(container) {
  container.securityContext.capabilities.drop[_] == "ALL"
}`,

  procMount_restricted: procMountRule(),

  restrictedVolumes: `failures(pod) = {msg |
  volume := pod.spec.volumes[_]
  not has_allowed_source(volume)
  msg := sprintf("volume %v must be of one of the types %v", [volume.name, concat(", ", sort(allowed))])
}

has_allowed_source(volume) {
  volume[allowed[_]] != null
}

allowed = ${textSet([...ALLOWED_VOLUMES, 'image'])}`,

  runAsNonRoot: `failures(pod) = said | silent {
  all := holders(pod)
  said := {msg |
    not has_user_namespace(pod)
    holder := all[_]
    holder.context.runAsNonRoot == false
    msg := sprintf("%v must not set runAsNonRoot to false", [holder.name])
  }
  each := containers(pod)
  silent := {msg |
    not has_user_namespace(pod)
    not says(pod.spec)
    container := each[_]
    not says(container)
    msg := sprintf("the pod or container %v must set runAsNonRoot to true", [container.name])
  }
}

says(holder) {
  holder.securityContext.runAsNonRoot != null
}`,

  runAsUser: `failures(pod) = {msg |
  not has_user_namespace(pod)
  all := holders(pod)
  holder := all[_]
  holder.context.runAsUser == 0
  msg := sprintf("%v must not set runAsUser to 0", [holder.name])
}`,

  seccompProfile_restricted: `failures(pod) = said | silent {
  all := holders(pod)
  said := {msg |
    not is_windows(pod)
    holder := all[_]
    profile := object.get(holder.context.seccompProfile, "type", "")
    not allowed_types[profile]
    msg := sprintf("%v must not set seccomp profile type %q", [holder.name, profile])
  }
  each := containers(pod)
  silent := {msg |
    not is_windows(pod)
    not says(pod.spec)
    container := each[_]
    not says(container)
    msg := sprintf("the pod or container %v must set seccomp profile type RuntimeDefault or Localhost", [container.name])
  }
}

says(holder) {
  holder.securityContext.seccompProfile != null
}

allowed_types = {"RuntimeDefault", "Localhost"}`,
}
