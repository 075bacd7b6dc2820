# What a checkpoint does (checkpoints.py): nothing, until it is dropped, the kernel ends, or it is to go on.
import stat


def kernel_sockets():
    # What the kernel listens on and talks over: in a checkpoint nobody serves it.
    app = application()
    ports = {app.shell_port, app.control_port, app.stdin_port, app.iopub_port, app.hb_port}
    for number in map(int, os.listdir('/proc/self/fd')):
        try:
            if not stat.S_ISSOCK(os.fstat(number).st_mode):
                continue
            with socket.socket(fileno=os.dup(number)) as copy:
                address = copy.getsockname()
        except OSError:
            continue
        if isinstance(address, tuple) and app.transport == 'tcp' and address[1] in ports \
                or isinstance(address, str) and app.transport == 'ipc' and address.startswith(app.ip + '-'):
            yield number


def out_of_memory_score(score):
    """Sets how readily the system ends this process when memory is short; returns what it was."""
    try:
        with open('/proc/self/oom_score_adj', 'r+') as file:
            before = file.read()
            file.write(score)
        return before
    except OSError:
        return None


def wait(line):
    """Waits, as a checkpoint; returns in a process that is to take over."""
    signal.set_wakeup_fd(-1)
    for number in list(kernel_sockets()):
        os.close(number)
    score = out_of_memory_score('1000')
    poll = select.poll()
    poll.register(line, select.POLLIN)
    poll.register(State.life[0], select.POLLIN)
    while True:
        if any(number == State.life[0] for number, _ in poll.poll()):
            os._exit(0)
        request, descriptors = receive(line)
        if request['do'] == 'drop':
            os._exit(0)
        between = fork()
        if between == 0:
            # An orphan becomes the root's child.
            if fork() != 0:
                os._exit(0)
            line.close()
            if score is not None:
                out_of_memory_score(score)
            return socket.socket(fileno=descriptors[0]), request
        os.close(descriptors[0])
        os.waitpid(between, 0)
