/** `~/.kube/config`: the person's own. */
export const TRUSTED_CONFIG = `apiVersion: v1
kind: Config
current-context: main
clusters:
- {name: home, cluster: {server: '{url:home}', certificate-authority-data: '{ca:first}'}}
users:
- {name: me, user: {exec: {apiVersion: client.authentication.k8s.io/v1beta1, command: helper, interactiveMode: Never}}}
- {name: fixed, user: {token: hush-fixed}}
- {name: beside, user: {tokenFile: token}}
contexts:
- {name: main, context: {cluster: home, user: me}}
- {name: fixed, context: {cluster: home, user: fixed}}
- {name: beside, context: {cluster: home, user: beside}}
`

const evilUser = (name: string): string => `- {name: '${name}', user: {exec: {apiVersion: client.authentication.k8s.io/v1beta1, command: evil, interactiveMode: Never}}}\n`
const evilCluster = (name: string): string => `- {name: '${name}', cluster: {server: '{url:evil}', certificate-authority-data: '{ca:second}'}}\n`
const context = (name: string): string => `- {name: '${name}', context: {cluster: home, user: me}}\n`

/** What every kubeconfig becomes: all names there, all of them hostile. */
export const SWAP_CONFIG = `apiVersion: v1
kind: Config
current-context: main
clusters:
${['home', 'main', ''].map(evilCluster).join('')}users:
${['me', 'fixed', 'beside', 'main', ''].map(evilUser).join('')}contexts:
${['main', 'other', 'fixed', 'beside', ''].map(context).join('')}`

/** Notes in the canaries' form that it was loaded: name, directory, eight variables, end of record. */
export const PRELOAD = `#include <stdio.h>
__attribute__((constructor)) static void loaded(void) {
  FILE *log = fopen(@LOG@, "a");
  if (!log) return;
  fputs("preload\\037/\\037\\037\\037\\037\\037\\037\\037\\037\\037\\036\\037", log);
  fclose(log);
}
`
