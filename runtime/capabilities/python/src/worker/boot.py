import os, types
fd = os.dup(0)
null = os.open("/dev/null", os.O_RDONLY)
os.dup2(null, 0)
os.close(null)
def read(n):
    parts = []
    while n:
        part = os.read(fd, n)
        if not part:
            os._exit(0)
        parts.append(part)
        n -= len(part)
    return b"".join(parts)
import json
setup = json.loads(read(int.from_bytes(read(8), "little")))
made = {}
for name, text in setup["files"]:
    made[name] = module = types.ModuleType("_puremix_" + name)
    module.__dict__.update(made)
    exec(compile(text, "<puremix " + name + ">", "exec"), module.__dict__)
made["worker"].serve(fd, setup)
