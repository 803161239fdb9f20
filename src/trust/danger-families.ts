import type {ReasonId} from './reasons.js'

const set = (text: string): ReadonlySet<string> => new Set(text.split(/\s+/))

/**
 * Program families by base name (lower case, version taken off). A floor, not
 * the mechanism: a program that stands nowhere here is unknown anyway.
 * Sources: GTFOBins, LOLBAS, and the stanzas people published.
 */
export const SHELLS = set('sh bash dash zsh ksh mksh lksh ash fish csh tcsh rc rbash elvish nu xonsh yash')
export const BOXES = set('busybox toybox')
export const WINDOWS_SHELLS = set('cmd powershell pwsh')

export const INTERPRETERS = set(
  'python pypy perl ruby node nodejs bun deno php lua luajit tclsh wish expect rscript groovy jruby java awk gawk mawk nawk osascript scala kotlin ghci guile racket py ipython jshell irb julia octave r',
)
/** No form of these takes a plain script that could be reviewed as one file, or the first word already is code. */
export const ALWAYS_INLINE = set('java awk gawk mawk nawk osascript groovy scala kotlin ghci jshell irb ipython expect')

export const SIMPLE_FAMILIES: readonly (readonly [ReasonId, ReadonlySet<string>])[] = [
  [
    'project-runner',
    set('npx bunx npm yarn pnpm pnpx uvx uv pipx pip go cargo nix nix-shell mvn gradle gradlew make gmake cmake ninja rake just task bazel dotnet ant tox invoke'),
  ],
  [
    'program-launcher',
    set(
      `env xargs nohup setsid timeout gtimeout nice ionice stdbuf time watch flock parallel script unbuffer screen tmux sudo sudoedit doas su runuser
      pkexec chroot unshare nsenter systemd-run at batch crontab launchctl strace ltrace gdb lldb perf find fd fdfind git scp sftp rsync tar bsdtar zip man
      less more most view vim vi nvim nano emacs emacsclient pico ed ex sed gsed openssl helm terraform tofu ansible ansible-playbook rlwrap catchsegv ld.so
      start-stop-daemon chrt taskset numactl cpulimit runcon setarch linux32 linux64 dbus-launch xvfb-run firejail bwrap capsh prlimit run-parts busctl systemctl
      service ld-linux-x86-64.so.2 ld-linux-aarch64.so.1 ld-linux.so.2 ld-musl-x86_64.so.1 command exec eval source coproc`,
    ),
  ],
  [
    'file-writer',
    set('touch tee dd cp mv ln install truncate mkfifo mknod chmod chown chgrp rm rmdir mkdir sponge sort split csplit shred setfacl patch unzip 7z gzip cpio'),
  ],
  [
    'network-tool',
    set('curl wget wget2 aria2c nc ncat netcat socat telnet ftp tftp lftp dig nslookup host drill http https xh httpie ping nmap rclone mail sendmail s3cmd'),
  ],
  [
    'system-tool',
    set(
      `rundll32 regsvr32 mshta wscript cscript certutil bitsadmin msbuild installutil regasm regsvcs forfiles pcalua wmic msiexec control hh ieexec cmstp
      odbcconf schtasks start explorer conhost open defaults sqlite sqlite3 sc reg regedit scriptrunner bash.exe mavinject presentationhost`,
    ),
  ],
  ['static-output', set('echo printf yes')],
]

/** Launchers of secrets, with the word that makes them one; empty: any use. */
export const SECRET_LAUNCHERS: ReadonlyMap<string, readonly string[]> = new Map(
  Object.entries({
    chamber: ['exec'],
    op: ['run'],
    doppler: ['run'],
    teller: ['run'],
    sops: ['exec-env', 'exec-file'],
    envchain: [],
    direnv: ['exec'],
    mise: ['x', 'exec', 'run'],
    asdf: ['exec'],
    awsume: [],
    saml2aws: ['exec'],
    'aws-okta': ['exec'],
    infisical: ['run'],
    vals: ['exec'],
    summon: [],
    envconsul: [],
    'aws-mfa-secure': [],
    assume: [],
    'with-contenv': [],
  }),
)

export const FILE_READERS = set('cat head tail base64 basenc base32 xxd od tac nl strings hexdump rev type')
export const CONTAINERS = set('docker podman nerdctl lima finch')

/** Known programs that print no ExecCredential of their own. */
export const NOT_HELPERS = set(
  'az gcloud devspace tailscale vault step pass boundary ibmcloud civo linode-cli vultr-cli hcloud ovhcloud tccli kubeswitch kubie kubens',
)
