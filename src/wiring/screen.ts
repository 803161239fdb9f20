/** Colour only where a person sees it: a terminal that is not `dumb`, and no NO_COLOR, not even an empty one. */
export function isColourWanted(stream: {isTTY?: boolean}, environment: Readonly<Record<string, string | undefined>>): boolean {
  return stream.isTTY === true && environment['TERM'] !== 'dumb' && environment['NO_COLOR'] === undefined
}
