/** `v1.29.6-eks-036c24b` → 29; null for what is no 1.x version. */
export function minorOf(gitVersion: string): number | null {
  const match = /^v?1\.(\d{1,3})(?:[.+-].*)?$/.exec(gitVersion.trim())
  return match === null ? null : Number(match[1])
}
