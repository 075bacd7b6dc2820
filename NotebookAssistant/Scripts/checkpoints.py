# Runs in the kernel, in a module of its own. A checkpoint is a fork of the kernel's process that waits. To go back, it forks a
# process that becomes the kernel at other sockets (waiting.py, revival.py); once that is reached there, the kernel that was ends.
import asyncio
import ctypes
import json
import os
import random
import select
import signal
import socket
import sys
import threading
import warnings

SUBREAPER = 36
PATIENCE = 20
SETTLE_TIME = 60
LEAVE_TIME = 10


class Refused(Exception):
    pass


class State:
    root = None          # the process that Jupyter started, whose end is the kernel's
    life = None          # a pipe that only the root holds open: it ends when the root does
    checkpoints = []     # (index, a line to it), the oldest first
    next = 0
    children = []
    pending = None       # in a kernel that is to end: (the line to the one that takes over, its process, the checkpoint)
    takes_over = None    # in a kernel that takes over: (the line to the one that is to end, whether that is the root)
    depth = 0            # of the frames below what executes
    kept = []            # what other processes share and must not be finalized here


def application():
    import ipykernel
    from ipykernel.kernelapp import IPKernelApp
    if not sys.platform.startswith('linux') or not sys.executable or sys.version_info < (3, 9) or not IPKernelApp.initialized():
        raise Refused('checkpoints need ipykernel on Linux, with Python 3.9 or later.')
    if not ipykernel.__version__.startswith('6.'):
        raise Refused('checkpoints need ipykernel 6; this kernel has %s.' % ipykernel.__version__)
    if threading.current_thread() is not threading.main_thread():
        raise Refused('checkpoints need a kernel that executes in its main thread.')
    return IPKernelApp.instance()


def pair():
    return socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)


def send(line, message, *descriptors):
    socket.send_fds(line, [json.dumps(message).encode()], descriptors)


def receive(line, timeout=None):
    line.settimeout(timeout)
    data, descriptors, _, _ = socket.recv_fds(line, 65536, 1)
    if not data:
        raise EOFError('it has ended')
    return json.loads(data), descriptors


def fork():
    with warnings.catch_warnings():
        warnings.simplefilter('ignore')
        return os.fork()


def reap_later():
    """What has just been told to end has ended by then, and is not left a zombie."""
    application().kernel.io_loop.asyncio_loop.call_later(1, reap)


def close_life():
    """In whatever is forked from the root: it alone holds this open."""
    if State.life is not None and State.life[1] is not None:
        os.close(State.life[1])
        State.life = (State.life[0], None)


def reap():
    for child in list(State.children):
        try:
            ended = os.waitpid(child, os.WNOHANG)[0] == child
        except ChildProcessError:
            ended = True
        if ended:
            State.children.remove(child)


def drop(line):
    try:
        send(line, {'do': 'drop'})
    except OSError:
        pass  # It has ended by itself.
    line.close()


def listed():
    for checkpoint in list(State.checkpoints):
        # A checkpoint says nothing unasked: what can be read is its end.
        poll = select.poll()
        poll.register(checkpoint[1], select.POLLIN)
        if poll.poll(0):
            State.checkpoints.remove(checkpoint)
            checkpoint[1].close()
    return [index for index, _ in State.checkpoints]


def add(limit):
    abandon()
    reap()
    if State.life is None:
        State.root, State.life = os.getpid(), os.pipe()
        os.register_at_fork(after_in_child=close_life)
    sys.stdout.flush()
    sys.stderr.flush()
    index, numbers, (ours, theirs) = State.next, random.getstate(), pair()
    child = fork()
    if child == 0:
        try:
            State.checkpoints.append((index, ours))
            State.next, State.children = index + 1, []
            line, request = wait(theirs)
            random.setstate(numbers)  # Python seeds it anew in every fork.
            take_over(line, request)
        finally:
            os._exit(1)
    theirs.close()
    State.children.append(child)
    State.checkpoints.append((index, ours))
    State.next = index + 1
    while len(State.checkpoints) > limit:
        drop(State.checkpoints.pop(0)[1])
        reap_later()
    return {'checkpoint_index': index, 'checkpoints': listed()}


def roll_back(index, connection):
    app = application()
    abandon()
    reap()
    if index not in listed():
        raise Refused('there is no checkpoint %r; there are %s.' % (index, listed()))
    is_root = os.getpid() == State.root
    if is_root and not adopt_orphans(True):
        raise Refused('this system does not let a kernel go back.')
    ours, theirs = pair()
    State.pending = (ours, None, index)
    try:
        send(dict(State.checkpoints)[index], {'do': 'start', 'connection': connection, 'after_root': is_root}, theirs.fileno())
        theirs.close()
        State.pending = (ours, receive(ours, PATIENCE)[0]['process'], index)
        answer, _ = receive(ours, PATIENCE)
        if 'error' in answer:
            raise OSError(answer['error'])
    except (OSError, EOFError) as error:
        theirs.close()
        abandon()
        raise Refused('checkpoint %r does not take over: %s' % (index, error))
    loop = app.kernel.io_loop.asyncio_loop
    loop.add_reader(ours, leave, State.pending)
    loop.call_later(SETTLE_TIME, lambda pending: State.pending is pending and abandon(), State.pending)
    return {'checkpoint_index': index}


def abandon():
    """Goes on as the kernel; who was to take over ends, also where it hangs."""
    if State.pending is None:
        return
    (line, successor, _), State.pending = State.pending, None
    application().kernel.io_loop.asyncio_loop.remove_reader(line)
    if successor is not None and not has_ended(line):
        os.kill(successor, signal.SIGKILL)
    line.close()
    if os.getpid() == State.root:
        if successor is not None:
            State.children.append(successor)
        adopt_orphans(False)
    reap_later()


def has_ended(line):
    poll = select.poll()
    poll.register(line, 0)
    return bool(poll.poll(0))


def adopt_orphans(whether):
    return ctypes.CDLL(None).prctl(SUBREAPER, int(whether), 0, 0, 0) == 0


def leave(pending):
    """Ends this process, for another has taken over; goes on if that one has ended."""
    line, successor, index = pending
    try:
        receive(line, 0)
    except (OSError, EOFError):
        abandon()
        return
    for later in State.checkpoints:
        if later[0] > index:
            drop(later[1])
    if os.getpid() != State.root:
        os._exit(0)
    # Who takes over later tells this process so, which may be late to become the stand-in.
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGCHLD, signal.SIGRTMIN})
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for number, stream in ((1, sys.stdout), (2, sys.stderr)):
        if getattr(stream, '_original_stdstream_copy', None) is not None:
            os.dup2(stream._original_stdstream_copy, number)
    program = os.memfd_create('stand-in', 0)
    os.write(program, STAND_IN.encode())
    os.set_inheritable(State.life[1], True)
    try:
        os.execv(sys.executable, [sys.executable, '-I', '-S', '/dev/fd/%d' % program, str(successor)])
    finally:
        os._exit(1)


def settle():
    """Takes over for good: the process that was the kernel ends."""
    if State.takes_over is None:
        raise Refused('there is nothing to settle.')
    (line, after_root), State.takes_over = State.takes_over, None
    application().kernel.io_loop.asyncio_loop.remove_reader(line)
    if not after_root:
        os.kill(State.root, signal.SIGRTMIN)  # Tells the stand-in who is the kernel now.
    send(line, {'do': 'leave'})
    try:
        # Its end closes the line, and so does its becoming the stand-in. From then on one process alone is the kernel, and
        # the stand-in can be told of the next.
        receive(line, LEAVE_TIME)
    except (OSError, EOFError):
        pass
    line.close()
    return {'checkpoints': listed()}


def answer(text):
    request = json.loads(text)
    do = {'add': lambda: add(request['limit']),
          'roll_back': lambda: roll_back(request['checkpoint_index'], request['connection']),
          'settle': settle}[request['do']]
    try:
        application()
        # An interrupt is for what the user runs. Checkpoints, and whoever takes over, do not heed it, as ipykernel when it is idle.
        handler = signal.signal(signal.SIGINT, signal.SIG_IGN)
        try:
            found = do()
        finally:
            signal.signal(signal.SIGINT, handler)
    except (Refused, OSError) as error:
        found = {'error': str(error)}
    return type('Answer', (), {'__repr__': lambda self: '', '_repr_json_': lambda self: found})()
