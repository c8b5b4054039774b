"""Runs PostgreSQL for the process that started it, and stops it when the last process that uses it is gone.

Started as a script of its own, `watchdog.py OWNER_PID UID GID USERS PROGRAM ARGUMENT…`. Standard input is the reading
end of a pipe from the owner: a byte means "stop now", its end means "I am gone". USERS is a descriptor of a file that
every process that joined keeps locked together with the others; who can lock it alone knows that nobody is left.
It imports nothing of ours and nothing heavy, because it stays in memory as long as the database. It ends with
PostgreSQL's exit code.

Three things can fail to be told that the owner is gone, so there are three ways to notice it. The pipe ends when the
owner does, but not while a forked child of the owner still holds it. The owner's process descriptor tells at once,
but old kernels have none. The parent's process id always changes, but must be looked at. Should this process itself
be killed, the kernel tells PostgreSQL (`PR_SET_PDEATHSIG`): reliable here, because that signal follows the *thread*
that started the child, and this process has only one.
"""

import ctypes
import fcntl
import os
import select
import signal
import sys
import time

LOOK_AT_PARENT_EVERY = 500  # milliseconds
LOOK_FOR_USERS_EVERY = 0.2  # seconds
PR_SET_PDEATHSIG = 1

# From prt_ctl(2) and the PostgreSQL manual, "Shutting Down the Server": SIGINT ends sessions and writes a checkpoint,
# SIGQUIT leaves at once and recovers at the next start; nothing committed is lost either way.
SHUTDOWN = ((signal.SIGINT, 10.0), (signal.SIGQUIT, 5.0), (signal.SIGKILL, 5.0))  # order, patience in seconds

# A terminal's Ctrl-C or a service manager's SIGTERM to the whole group is for the owner, which then tells us.
NOT_FOR_US = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def main(arguments: list[str]) -> int:
    owner, user, group, users = (int(argument) for argument in arguments[:4])
    for number in NOT_FOR_US:
        signal.signal(number, signal.SIG_IGN)
    become(user, group)
    os.set_inheritable(users, False)
    postmaster = Child(arguments[4:])
    if not is_told_to_stop(owner, postmaster):
        wait_for_the_last_user(users, postmaster)
    for order, patience in SHUTDOWN:
        if postmaster.ends_within(patience, after=order):
            break
    return postmaster.exit_code if postmaster.exit_code is not None else 1


def become(user: int, group: int) -> None:
    """PostgreSQL refuses to run as root, and this process needs no more rights than PostgreSQL."""
    if os.geteuid() == 0:
        os.setgroups([])
        os.setgid(group)
        os.setuid(user)


class Child:
    def __init__(self, command: list[str]) -> None:
        watchdog = os.getpid()
        libc = ctypes.CDLL(None)
        self.exit_code: int | None = None
        self.pid = os.fork()
        if self.pid == 0:
            run_instead_of_this_process(command, watchdog, libc)

    def runs(self) -> bool:
        if self.exit_code is None:
            ended, status = os.waitpid(self.pid, os.WNOHANG)
            if ended:
                self.exit_code = os.waitstatus_to_exitcode(status)
        return self.exit_code is None

    def ends_within(self, patience: float, *, after: signal.Signals) -> bool:
        if self.runs():
            os.kill(self.pid, after)
        give_up = time.monotonic() + patience
        while self.runs() and time.monotonic() < give_up:
            time.sleep(0.005)
        return not self.runs()


def run_instead_of_this_process(command: list[str], watchdog: int, libc: ctypes.CDLL) -> None:
    try:
        if hasattr(libc, "prctl"):
            libc.prctl(PR_SET_PDEATHSIG, signal.SIGINT)
        if os.getppid() == watchdog:  # else it was killed before the kernel had been asked to tell
            for number in (*NOT_FOR_US, signal.SIGPIPE, signal.SIGXFSZ):
                signal.signal(number, signal.SIG_DFL)
            os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
            os.execv(command[0], command)  # noqa: S606 - a fixed program, no shell
    except OSError as error:
        print(f"Starting {command[0]} failed: {error}", file=sys.stderr, flush=True)
    finally:
        os._exit(127)


def is_told_to_stop(owner: int, postmaster: Child) -> bool:
    """Wait for the owner's order; False when the owner, or PostgreSQL, is gone without one."""
    order = sys.stdin.fileno()
    wakers = select.poll()
    for descriptor in (order, *process_descriptors(owner, postmaster.pid)):
        wakers.register(descriptor, select.POLLIN | select.POLLHUP)
    while postmaster.runs() and os.getppid() == owner:
        told = wakers.poll(LOOK_AT_PARENT_EVERY)
        if any(descriptor == order for descriptor, _ in told):
            return bool(os.read(order, 1))
    return False


def wait_for_the_last_user(users: int, postmaster: Child) -> None:
    """Until nobody is left; the lock is kept, so that nobody joins a database that is about to stop."""
    while postmaster.runs():
        try:
            fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            time.sleep(LOOK_FOR_USERS_EVERY)
        else:
            return


def process_descriptors(*pids: int) -> list[int]:
    """Descriptors that become readable when these processes end; none where the system does not offer them."""
    try:
        return [os.pidfd_open(pid) for pid in pids]
    except (AttributeError, OSError):
        return []


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
