"""The memory and the registers of the running daemon after a purge, read as a debugger with all rights would: nothing is
left of the leavers. And what `check` says of the daemon."""
import ctypes
import os
import platform
import signal
import subprocess
import time

from appliance import Appliance, ask, require, serving, terminate, workshop
from canary import written


def mappings(pid):
    """The writable memory of a process that is no part of a file: heap, stacks and all else that it holds."""
    with open(f"/proc/{pid}/maps") as table, open(f"/proc/{pid}/mem", "rb", 0) as memory:
        for line in table:
            span, rights, *rest = line.split()
            if not rights.startswith("rw") or (len(rest) > 3 and rest[3].startswith("/")):
                continue
            start, end = (int(part, 16) for part in span.split("-"))
            memory.seek(start)
            yield memory.read(end - start)


LIBC = ctypes.CDLL(None, use_errno=True)
LIBC.ptrace.argtypes = [ctypes.c_long, ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p]
PTRACE_DETACH, PTRACE_GETREGSET, PTRACE_SEIZE, PTRACE_INTERRUPT = 17, 0x4204, 0x4206, 0x4207


def registers(pid):
    """The vector registers of every thread, as a core dump holds them: those of a thread that sleeps keep what it copied."""
    notes = [0x202] if platform.machine() == "x86_64" else [2]  # NT_X86_XSTATE, NT_PRFPREG
    for thread in map(int, os.listdir(f"/proc/{pid}/task")):
        if LIBC.ptrace(PTRACE_SEIZE, thread, None, None) != 0:
            continue  # it has ended meanwhile
        LIBC.ptrace(PTRACE_INTERRUPT, thread, None, None)
        os.waitpid(thread, 0x40000000)  # __WALL
        for note in notes:
            area = ctypes.create_string_buffer(16384)
            vector = (ctypes.c_size_t * 2)(ctypes.addressof(area), len(area))
            require(LIBC.ptrace(PTRACE_GETREGSET, thread, note, ctypes.addressof(vector)) == 0, "the registers can be read")
            yield area.raw[:vector[1]]
        LIBC.ptrace(PTRACE_DETACH, thread, None, None)


def remains(pid, values):
    """Which of the values stand in memory or registers, and how."""
    found = set()
    for data in [*mappings(pid), *registers(pid)]:
        for kind, value in values:
            found |= {f"{kind} ({encoding})" for encoding, needle in written(value).items() if needle in data}
    return found


def personal(person):
    return [("name", person["displayName"]), ("address", person["email"]), ("title", person["titleName"]),
            ("department", person["departmentName"])]


def until(met, tries=120, pause=0.5):
    for _ in range(tries):
        if met():
            return
        time.sleep(pause)
    require(False, "it never came to be")


def control(directory):
    """The search sees what a sleeping thread has copied: a program that sleeps on it."""
    source = os.path.join(directory, "sleeper.c")
    with open(source, "w") as file:
        file.write("""#include <string.h>
#include <unistd.h>
int main(void) {
  char text[16] = {0};
  for (int i = 0; i < 15; i++) text[i] = "Nyhpzhsl Cnezvo"[i];
  for (int i = 0; i < 15; i++) if (text[i] >= 'a') text[i] = (text[i] - 'a' + 13) % 26 + 'a';
#ifdef __x86_64__
  __asm__ volatile("movdqu %0, %%xmm9" :: "m"(text));
  explicit_bzero(text, sizeof text);
  write(1, "x", 1);
  for (;;) __asm__ volatile("syscall" :: "a"(34) : "rcx", "r11", "memory");
#else
  __asm__ volatile("ldr q20, %0" :: "m"(text));
  explicit_bzero(text, sizeof text);
  write(1, "x", 1);
  for (;;) pause();
#endif
}
""")
    subprocess.run(["clang", "-O1", "-fno-builtin", "-o", f"{directory}/sleeper", source], check=True)
    sleeper = subprocess.Popen([f"{directory}/sleeper"], stdout=subprocess.PIPE)
    try:
        sleeper.stdout.read(1)
        word = "".join(chr((ord(c) - 97 + 13) % 26 + 97) if "a" <= c <= "z" else c for c in "Nyhpzhsl Cnezvo").encode()
        require(any(word in data for data in registers(sleeper.pid)), "the search reads registers")
    finally:
        sleeper.send_signal(signal.SIGKILL)
        sleeper.wait()


def main():
    with workshop("memory") as directory:
        control(directory)
        sink = os.path.join(directory, "sink")
        with serving("bob", "--people", "30", "--leavers", "0") as bob, serving("smtp", "--out", sink) as smtp:
            appliance = Appliance(directory, bob, smtp, poll="2s")
            appliance("run", "--once")
            leavers = [p for p in ask(bob["control"] + "/people") if p["status"] == "employed"][:6]
            with appliance.daemon() as daemon:
                until(lambda: any(f["name"] == "freed memory" and f["sentence"].startswith("the daemon")
                                  for f in appliance.json("check", expect=None)["findings"]))
                findings = {f["name"]: f for f in appliance.json("check", expect=None)["findings"]}
                for name in ["core dumps", "freed memory", "crash reports"]:
                    require(findings[name]["verdict"] == "passed", f"check looks at the daemon: {findings[name]}")
                # Words that the program knows anyway, such as "Product", tell nothing.
                known = remains(daemon.pid, [(value, value) for person in leavers for _, value in personal(person)])
                values = [(kind, value) for person in leavers for kind, value in personal(person)
                          if len(value) >= 6 and not any(word.startswith(value + " (") for word in known)]
                require(len(values) >= 18, f"enough to look for: {len(values)}")
                for leaver in leavers:
                    terminate(bob, leaver)
                until(lambda: sum(row["event"] == "purge" for row in appliance.json("audit", "list")["entries"]) == 6)
                mails = os.path.join(directory, "mails")
                os.rename(sink, mails)
                text = b"".join(open(os.path.join(mails, name), "rb").read() for name in os.listdir(mails))
                for leaver in leavers:
                    require(leaver["email"].encode() in text, "each was mailed: they were in this memory")
                # A pass that is under way when its turn comes may hold what it works with; not for longer.
                until(lambda: not remains(daemon.pid, values), tries=8, pause=5)
                # The same search finds them where they must be: with Bob.
                names = [value for value in values if value[0] == "name"]
                require(remains(bob["pid"], names), "the search finds names in the memory of the sandbox's Bob")
    print("memory: six references were made and mailed, and nothing of the leavers is left in the daemon's memory and registers")


if __name__ == "__main__":
    main()
