/** Strings stay as they are: `"Service "` is another kind than `"Service"`, and `#` in one begins no comment. */
const STRING_OR_SPACE = /("(?:[^"\\\n]|\\.)*"|`[^`]*`)|#[^\n]*|\s+/g

/** Rego without white space and comments: what is left tells one template from another. */
export function withoutSpace(rego: string): string {
  return rego.replace(STRING_OR_SPACE, (_, text: string | undefined) => text ?? '')
}
