import type {Helper} from './helper.js'
import {AWS_ENV, AWS_ENV_RULES, ENTRA_HOSTS, HOME_LITERAL, LOOPBACK, watchSwitch, watchValue} from './helper.js'

const GCLOUD_ENV =
  'CLOUDSDK_ACTIVE_CONFIG_NAME CLOUDSDK_CORE_PROJECT CLOUDSDK_CORE_ACCOUNT CLOUDSDK_COMPUTE_ZONE CLOUDSDK_COMPUTE_REGION USE_GKE_GCLOUD_AUTH_PLUGIN'

const AZURE_ENV =
  'AAD_LOGIN_METHOD AAD_SERVICE_PRINCIPAL_CLIENT_ID AAD_SERVICE_PRINCIPAL_CLIENT_SECRET AAD_SERVICE_PRINCIPAL_CLIENT_CERTIFICATE ' +
  'AAD_SERVICE_PRINCIPAL_CLIENT_CERTIFICATE_PASSWORD AAD_USER_PRINCIPAL_NAME AAD_USER_PRINCIPAL_PASSWORD AZURE_CLIENT_ID ' +
  'AZURE_CLIENT_SECRET AZURE_CLIENT_CERTIFICATE_PATH AZURE_CLIENT_CERTIFICATE_PASSWORD AZURE_TENANT_ID AZURE_FEDERATED_TOKEN_FILE ' +
  'AZURE_AUTHORITY_HOST AZURE_USERNAME AZURE_PASSWORD ARM_CLIENT_ID ARM_CLIENT_SECRET ARM_TENANT_ID AZURE_CLI_TIMEOUT'

/** AKS: the public cloud, China (21Vianet) and US government. */
const AKS_SERVERS = [
  'https://*.azmk8s.io',
  'https://*.cx.prod.service.azk8s.cn',
  'https://*.cx.aks.containerservice.azure.us',
]

/** GKE servers are IP addresses, so no server pattern vouches for them. */
export const GOOGLE_AZURE_HELPERS: readonly Helper[] = [
  {
    id: 'gke-gcloud-auth-plugin',
    vendor: 'Google',
    names: ['gke-gcloud-auth-plugin'],
    calls: [''],
    values: '--project --account --location --cluster --impersonate_service_account|--impersonate-service-account --v|-v',
    switches:
      '--use_application_default_credentials|--use-application-default-credentials --use_edge_cloud|--use-edge-cloud --logtostderr --version',
    // The plugin reads `-` and `_` in flag names as one letter.
    watch: [
      watchValue('--log_file|--log-file', 'block', 'flag-writes-file'),
      watchValue('--log_dir|--log-dir', 'block', 'flag-writes-file'),
    ],
    env: GCLOUD_ENV.split(' '),
    homes: ['google-cloud-sdk/bin'],
    sites: ['cloud.google.com'],
  },
  {
    id: 'gke-auth-plugin',
    vendor: 'traviswt (community)',
    names: ['gke-auth-plugin'],
    calls: ['', 'version'],
    env: ['GOOGLE_APPLICATION_CREDENTIALS'],
  },
  {
    id: 'argocd-k8s-auth',
    vendor: 'Argo CD',
    names: ['argocd-k8s-auth'],
    calls: ['aws', 'gcp', 'azure'],
    values: '--cluster-name --role-arn --profile',
    env: [
      ...AWS_ENV,
      ...'AAD_ENVIRONMENT_NAME AAD_LOGIN_METHOD AZURE_CLIENT_ID AZURE_CLIENT_SECRET AZURE_TENANT_ID AZURE_FEDERATED_TOKEN_FILE AZURE_AUTHORITY_HOST'.split(
        ' ',
      ),
    ],
    envRules: {...AWS_ENV_RULES, AZURE_AUTHORITY_HOST: {kind: 'hosts', suffixes: ENTRA_HOSTS}},
  },
  {
    id: 'kubelogin-azure',
    vendor: 'Microsoft',
    names: ['kubelogin'],
    calls: ['get-token'],
    values:
      '--server-id --client-id --tenant-id|-t --login|-l --pop-claims --identity-resource-id --federated-token-file ' +
      '--client-secret --client-certificate --azure-pipelines-service-connection-id --login-hint --timeout --v|-v --username',
    switches: '--legacy --pop-enabled --disable-environment-override --use-azurerm-env-vars --logtostderr',
    watch: [
      // AzureStackCloud takes every endpoint from a file that a variable names.
      watchValue('--environment|-e', 'warn', 'flag-moves-token', {
        kind: 'one-of',
        words: ['AzurePublicCloud', 'AzureChinaCloud', 'AzureUSGovernmentCloud', 'AzureUSGovernment', 'AzurePublic', 'AzureChina'],
      }),
      watchValue('--authority-host', 'block', 'flag-moves-token', {kind: 'hosts', suffixes: ENTRA_HOSTS}),
      watchValue('--redirect-url', 'warn', 'flag-moves-token', LOOPBACK),
      watchValue('--cache-dir', 'warn', 'flag-writes-file', HOME_LITERAL),
      watchValue('--token-cache-dir', 'warn', 'flag-writes-file', HOME_LITERAL),
      watchValue('--password', 'warn', 'flag-secret-inline'),
      watchValue('--client-certificate-password', 'warn', 'flag-secret-inline'),
      watchSwitch('--disable-instance-discovery', 'warn', 'flag-moves-token'),
    ],
    secrets: '--client-secret --password --client-certificate-password',
    env: AZURE_ENV.split(' '),
    envRules: {AZURE_AUTHORITY_HOST: {kind: 'hosts', suffixes: ENTRA_HOSTS}},
    homes: ['.azure-kubelogin'],
    servers: AKS_SERVERS,
    sites: ['azure.github.io', 'aka.ms', 'learn.microsoft.com'],
  },
  {
    id: 'aks-flex-node',
    vendor: 'Microsoft',
    names: ['aks-flex-node'],
    calls: ['token kubelogin', 'token arc'],
    values: '--server-id',
    env: ['AAD_LOGIN_METHOD', 'AZURE_CLIENT_ID', 'AZURE_TENANT_ID', 'AZURE_CLIENT_SECRET'],
    servers: AKS_SERVERS,
  },
]
