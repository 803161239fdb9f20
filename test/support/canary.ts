import {execFileSync} from 'node:child_process'
import {chmodSync, existsSync, readFileSync, rmSync, writeFileSync} from 'node:fs'

/** One run of a credential helper that only notes that it ran. */
export interface CanaryRun {
  name: string
  /** The path by which it was started, then its arguments. */
  argv: string[]
  cwd: string
  env: Record<string, string>
}

export interface CanaryOptions {
  /** Where it appends its record. */
  log: string
  /** Text that changes the bytes of the script and nothing else. */
  remark?: string
  /** Shell lines that run before it answers. */
  before?: string
}

/** What a canary notes of its environment. */
export const NOTED = ['KUBECONFIG', 'KUBERNETES_EXEC_INFO', 'HOME', 'PATH', 'LD_PRELOAD', 'AWS_PROFILE', 'GODEBUG', 'KUBERNETES_MASTER'] as const

const FIELD = '\x1f'
const RECORD = '\x1e'

/** Its token is `token-of-<name>`: a server that sees it knows who was robbed. */
export function tokenOf(name: string): string {
  return `token-of-${name}`
}

/** A `#!/bin/sh` canary. It uses shell built-ins only, for the world's PATH holds nothing else. */
export function writeCanary(path: string, name: string, {log, remark = '', before = ''}: CanaryOptions): string {
  const noted = NOTED.map(variable => `"$${variable}"`).join(' ')
  // One printf, one write: records of two canaries at the same time do not mix.
  writeExecutable(path, `#!/bin/sh
# ${remark}
${before}
printf '%s\\037' ${quote(name)} "$(pwd -P)" ${noted} "$0" "$@" "${RECORD}" >> ${quote(log)}
case "$KUBERNETES_EXEC_INFO" in
  *v1beta1*) version=v1beta1 ;;
  *v1alpha1*) version=v1alpha1 ;;
  *) version=v1 ;;
esac
printf '{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/%s","status":{"token":"%s"}}\\n' "$version" ${quote(tokenOf(name))}
`)
  return path
}

/** A script that is neither a canary nor a helper: kubectl wrappers, plugins. */
export function writeScript(path: string, body: string): string {
  return writeExecutable(path, `#!/bin/sh\n${body}\n`)
}

function writeExecutable(path: string, text: string): string {
  rmSync(path, {force: true})
  writeFileSync(path, text)
  chmodSync(path, 0o755)
  return path
}

/** The same as a static ELF binary; null where no C compiler is. */
export function writeNativeCanary(path: string, name: string, {log}: CanaryOptions): string | null {
  const source = `${path}.c`
  const text = (value: string): string => JSON.stringify(value)
  writeFileSync(source, NATIVE.replace('@NAME@', () => text(name)).replace('@LOG@', () => text(log)).replace('@TOKEN@', () => text(tokenOf(name)))
    .replace('@NOTED@', () => NOTED.map(text).join(', ')))
  try {
    execFileSync('gcc', ['-static', '-O1', '-o', path, source], {stdio: 'ignore'})
    return path
  } catch {
    return null
  } finally {
    rmSync(source, {force: true})
  }
}

const NATIVE = `#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
int main(int argc, char **argv) {
  static char record[1 << 16], here[4096];
  const char *noted[] = {@NOTED@};
  const char *info = getenv("KUBERNETES_EXEC_INFO");
  if (!info) info = "";
  FILE *log = fopen(@LOG@, "a");
  if (!log || !getcwd(here, sizeof here)) return 3;
  setvbuf(log, record, _IOFBF, sizeof record);
  fprintf(log, "%s\\037%s\\037", @NAME@, here);
  for (size_t i = 0; i < sizeof noted / sizeof *noted; i++) fprintf(log, "%s\\037", getenv(noted[i]) ? getenv(noted[i]) : "");
  for (int i = 0; i < argc; i++) fprintf(log, "%s\\037", argv[i]);
  fputs("\\036\\037", log);
  fclose(log);
  printf("{\\"kind\\":\\"ExecCredential\\",\\"apiVersion\\":\\"client.authentication.k8s.io/%s\\",\\"status\\":{\\"token\\":\\"%s\\"}}\\n",
    strstr(info, "v1beta1") ? "v1beta1" : strstr(info, "v1alpha1") ? "v1alpha1" : "v1", @TOKEN@);
  return 0;
}
`

/** All runs noted in the log, oldest first. */
export function readCanaryLog(log: string): CanaryRun[] {
  if (!existsSync(log)) return []
  const records = readFileSync(log, 'utf8').split(RECORD + FIELD).filter(record => record !== '')
  return records.map(record => {
    const [name = '', cwd = '', ...rest] = record.split(FIELD)
    const env = Object.fromEntries(NOTED.map((variable, index) => [variable, rest[index] ?? '']))
    return {name, cwd, env, argv: rest.slice(NOTED.length, -1)}
  })
}

function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`
}

/** For scripts in tests that name files of the world. */
export const shellQuote = quote
