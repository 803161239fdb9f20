"""Runs a program on a terminal of its own.

on-terminal.py SCRIPT -- PROGRAM ARGUMENTS: SCRIPT is JSON, a list of steps.
{"type": TEXT} types at once; {"await": TEXT, "type": TEXT} first waits until
the screen shows TEXT. Prints {"status": …, "screen": …}.
"""
import json, os, pty, select, sys, time

steps = json.loads(sys.argv[1])
pid, terminal = pty.fork()
if pid == 0:
    os.execv(sys.argv[3], sys.argv[3:])
screen, seen, deadline = b'', 0, time.time() + 20
while time.time() < deadline:
    while steps and steps[0].get('await', '').encode() in screen[seen:]:
        step = steps.pop(0)
        seen = len(screen)
        time.sleep(step.get('after', 0))
        os.write(terminal, step['type'].encode())
    ready, _, _ = select.select([terminal], [], [], 0.1)
    if ready:
        try:
            data = os.read(terminal, 65536)
        except OSError:
            break
        if not data:
            break
        screen += data
_, status = os.waitpid(pid, os.WNOHANG if time.time() >= deadline else 0)
print(json.dumps({'status': os.waitstatus_to_exitcode(status), 'screen': screen.decode('utf-8', 'replace'), 'left': steps}))
