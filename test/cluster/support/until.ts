import {setTimeout as sleep} from 'node:timers/promises'

const WAIT_SECONDS = 30

/** Servers learn of things through watches: what was written is not yet what is known. */
export async function until(what: string, isSo: () => Promise<boolean>): Promise<void> {
  for (const deadline = Date.now() + WAIT_SECONDS * 1000; Date.now() < deadline; await sleep(100))
    if (await isSo()) return
  throw new Error(`waited ${WAIT_SECONDS} s in vain until ${what}`)
}
