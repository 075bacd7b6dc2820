# What the process that Jupyter started becomes once another has taken over as the kernel: it ends as that one does.
import os
import signal
import sys

live, parent = int(sys.argv[1]), int(os.environ.get('JPY_PARENT_PID') or 0)
told = {signal.SIGRTMIN, signal.SIGCHLD}
signal.pthread_sigmask(signal.SIG_BLOCK, told)
signal.signal(signal.SIGINT, signal.SIG_IGN)


def latest(known):
    # Who takes over says so before the one before it ends.
    while True:
        sign = signal.sigtimedwait({signal.SIGRTMIN}, 0)
        if sign is None:
            return known
        known = sign.si_pid


def end_as(status):
    if os.WIFSIGNALED(status):
        number = os.WTERMSIG(status)
        if number != signal.SIGKILL:
            signal.signal(number, signal.SIG_DFL)
        os.kill(os.getpid(), number)
    os._exit(os.WEXITSTATUS(status) if os.WIFEXITED(status) else 1)


while True:
    sign = signal.sigtimedwait(told, 1)
    if sign is not None and sign.si_signo == signal.SIGRTMIN:
        live = sign.si_pid
    try:
        process, status = os.waitpid(-1, os.WNOHANG)
        while process:
            live = latest(live)
            if process == live:
                end_as(status)
            process, status = os.waitpid(-1, os.WNOHANG)
    except ChildProcessError:
        os._exit(1)
    if parent > 1 and os.getppid() == 1:
        os._exit(1)
