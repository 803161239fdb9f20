import type {Kubeconfig} from './model.js'
import type {ReadFailure} from './read-yaml.js'

/** How a file lies on the disk, as far as that is worth a word. */
export interface FileMode {
  owner: 'user' | 'root' | 'other'
  mode: number
}

/** A kubeconfig as somebody asked for it: read and understood, or why not. */
export type LoadedKubeconfig =
  | {ok: true; file: string; sha256: string; bytes: Uint8Array; config: Kubeconfig; mode: FileMode | null}
  /** `absent`: an entry of the KUBECONFIG list that is not there, which kubectl skips. */
  | {ok: false; file: string; sha256: string | null; reason: 'absent' | 'unreadable' | 'not-understood'; failure: ReadFailure}
