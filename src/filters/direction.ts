/** Which way connections go that a policy is about: to its pods, or from them. */
export type Direction = 'ingress' | 'egress'
export const DIRECTIONS: readonly Direction[] = ['ingress', 'egress']
