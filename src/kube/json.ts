/** What JSON can hold. Objects come from servers and files: any field may be missing or odd. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject
export interface JsonObject {
  readonly [field: string]: Json | undefined
}

/** A Kubernetes object. The source has seen to it that `apiVersion` and `kind` are there: typed lists leave them out. */
export interface KubeObject extends JsonObject {
  readonly apiVersion: string
  readonly kind: string
}
