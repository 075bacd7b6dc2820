"""Scenes between a stock jupyter_client and the proxy. Arguments: a folder with its kernelspecs, the scene."""

import os
import queue
import signal
import sys
import time
import traceback

os.environ["JUPYTER_PATH"] = sys.argv[1]
os.environ.pop("LYCEUM_TOKEN", None)
os.environ["XDG_CONFIG_HOME"] = sys.argv[1]

from jupyter_client import BlockingKernelClient  # noqa: E402
from jupyter_client.manager import start_new_kernel  # noqa: E402

PATIENCE = 60


def collect(client, request):
    """All that is published for a request, up to idle, and its reply."""
    published = []
    while True:
        message = client.get_iopub_msg(timeout=PATIENCE)
        if message["parent_header"].get("msg_id") == request:
            published.append(message)
            if message["content"].get("execution_state") == "idle":
                break
    while True:
        reply = client.get_shell_msg(timeout=PATIENCE)
        if reply["parent_header"].get("msg_id") == request:
            return published, reply


def run(client, code, **options):
    return collect(client, client.execute(code, **options))


def text(published):
    return "".join(message["content"]["text"] for message in published if message["msg_type"] == "stream")


def send(client, kind, content):
    message = client.session.msg(kind, content)
    client.shell_channel.send(message)
    return message["header"]["msg_id"]


def until(happens, what):
    limit = time.monotonic() + PATIENCE
    while not happens():
        assert time.monotonic() < limit, what
        time.sleep(0.05)


def below(client):
    return int(text(run(client, "import os; print(os.getpid())")[0]))


def is_running(process):
    try:
        with open("/proc/%d/stat" % process) as file:
            return file.read().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def untouched(manager, client):
    published, reply = run(client, "from ipykernel.comm import Comm; c = Comm('t', data={'n': 1e-07, 'u': '\\u00e4'}, buffers=[b'\\x00\\xff' * 1000])")
    comm = next(message for message in published if message["msg_type"] == "comm_open")
    assert bytes(comm["buffers"][0]) == b"\x00\xff" * 1000
    assert comm["content"]["data"] == {"n": 1e-07, "u": "\u00e4"}, comm["content"]
    assert reply["content"]["status"] == "ok"
    assert "LYCEUM_TOKEN" not in text(run(client, "import os; print(list(os.environ))")[0])
    big = run(client, "print('x' * 20_000_000)")[0]
    assert len(text(big)) == 20_000_001


def interrupt(manager, client):
    request = client.execute("import time\nprint('going', flush=True)\nwhile True: time.sleep(0.01)")
    while client.get_iopub_msg(timeout=PATIENCE)["msg_type"] != "stream":
        pass
    manager.interrupt_kernel()
    _, reply = collect(client, request)
    assert reply["content"]["ename"] == "KeyboardInterrupt", reply["content"]
    # What follows at once ipykernel may abort.
    until(lambda: run(client, "1")[1]["content"]["status"] == "ok", "it does not go on")


def question(manager, client):
    request = client.execute("print('Hello', input('Who? '))", allow_stdin=True)
    assert client.get_stdin_msg(timeout=PATIENCE)["content"]["prompt"] == "Who? "
    client.input("Ada")
    assert text(collect(client, request)[0]) == "Hello Ada\n"


def connect(manager):
    other = BlockingKernelClient(connection_file=manager.connection_file)
    other.load_connection_file()
    other.start_channels()
    other.wait_for_ready(timeout=PATIENCE)
    return other


def two_clients(manager, client):
    other = connect(manager)
    request = other.execute("print('for both', input('?'))", allow_stdin=True)
    assert other.get_stdin_msg(timeout=PATIENCE)["content"]["prompt"] == "?"
    other.input("x")
    assert text(collect(other, request)[0]) == "for both x\n"
    seen = ""
    while "for both x" not in seen:
        message = client.get_iopub_msg(timeout=PATIENCE)
        seen += message["content"].get("text", "") if message["parent_header"].get("msg_id") == request else ""
    other.stop_channels()


def forged(manager, client):
    stranger = BlockingKernelClient(connection_file=manager.connection_file)
    stranger.load_connection_file()
    stranger.session.key = b"not the key"
    stranger.start_channels(iopub=False, hb=False)
    stranger.execute("forged = 1")
    stranger.session.key = client.session.key
    stranger.kernel_info()
    assert stranger.get_shell_msg(timeout=PATIENCE)["msg_type"] == "kernel_info_reply"
    assert text(run(client, "print('forged' in globals())")[0]) == "False\n"
    stranger.stop_channels()


def death(manager, client):
    client.execute("import os; os._exit(3)")
    until(lambda: not manager.is_alive(), "the proxy outlives its kernel")


def killed(manager, client):
    process = below(client)
    os.kill(manager.provisioner.pid, signal.SIGKILL)
    until(lambda: not is_running(process), "the kernel outlives its proxy")


def assistant(manager, client):
    run(client, "import pandas as pd\ndf = pd.DataFrame({'a': [1, 2]})\nmarks = [3]")
    published, reply = collect(client, send(client, "get_subkernel_state_request", {}))
    state = next(message for message in published if message["msg_type"] == "kernel_state_info")["content"]
    assert {"name": "marks", "type": "list", "value": "[3]"} in state["variables"], state
    assert reply["content"]["return"] == state
    published, reply = collect(client, send(client, "context_setup_request", {"context": "dataset", "context_info": {"id": "df"}}))
    preview = next(message for message in published if message["msg_type"] == "dataset")["content"]
    assert preview["csv"] == [["a"], [1], [2]], preview
    assert [message["content"].get("execution_state") for message in (published[0], published[-1])] == ["busy", "idle"]
    preview = collect(client, send(client, "get_preview_request", {}))[1]["content"]["return"]
    assert preview["Tables"]["df"]["application/vnd.dataresource+json"]["data"] == [{"a": 1}, {"a": 2}], preview
    assert collect(client, send(client, "set_agent_model", {"provider_id": "mine"}))[1]["content"]["ename"] == "ModelIsSet"
    published, reply = collect(client, send(client, "llm_request", {"request": "Why?"}))
    assert reply["content"]["ename"] == "NoTutor" and "token" in reply["content"]["evalue"], reply["content"]
    os.makedirs(os.path.join(sys.argv[1], "lyceum"))
    with open(os.path.join(sys.argv[1], "lyceum", "token"), "w") as file:
        file.write("some token\n")
    # The kernelspec's address is one where nobody listens.
    published, reply = collect(client, send(client, "llm_request", {"request": "Why?"}))
    assert reply["content"]["ename"] == "TutorUnavailable", reply["content"]
    assert run(client, "len(In)")[1]["content"]["execution_count"] == 2


def checkpoints(manager, client):
    def ask(kind, **content):
        return collect(client, send(client, kind, content))[1]["content"]

    run(client, "import random; random.seed(3); x = [1]")
    other = connect(manager)
    assert text(run(other, "print(x)")[0]) == "[1]\n"
    added = ask("add_checkpoint_request")
    assert added["return"] == 0, added
    first = text(run(client, "x.append(2); print(x, random.random())")[0])
    process = below(client)
    for _ in range(2):
        back = ask("rollback_request", checkpoint_index=0)
        assert {"name": "x", "type": "list", "value": "[1]"} in back["return"]["variables"], back
        assert text(run(client, "x.append(2); print(x, random.random())")[0]) == first
    # To all its clients it is the same kernel: outputs, questions, interrupts.
    assert text(run(other, "print(x)")[0]) == "[1, 2]\n"
    assert below(client) != process
    question(manager, client)
    interrupt(manager, client)
    request = client.execute("print('going', flush=True)\nwhile True: pass")
    while client.get_iopub_msg(timeout=PATIENCE)["msg_type"] != "stream":
        pass
    refused = ask_while_busy(client, "rollback_request", checkpoint_index=0)
    assert refused["ename"] == "KernelBusy", refused
    manager.interrupt_kernel()
    collect_rest(client, request)
    until(lambda: run(client, "1")[1]["content"]["status"] == "ok", "it does not go on")
    assert ask("rollback_request", checkpoint_index=5)["ename"] == "CheckpointError"
    other.stop_channels()


def ask_while_busy(client, kind, **content):
    request = send(client, kind, content)
    while True:
        reply = client.get_shell_msg(timeout=PATIENCE)
        if reply["parent_header"].get("msg_id") == request:
            return reply["content"]


def collect_rest(client, request):
    while True:
        reply = client.get_shell_msg(timeout=PATIENCE)
        if reply["parent_header"].get("msg_id") == request:
            return reply


def killed_after_going_back(manager, client):
    root = below(client)
    for kind in ("add_checkpoint_request", "rollback_request"):
        reply = collect(client, send(client, kind, {"checkpoint_index": 0}))[1]["content"]
        assert reply["status"] == "ok", reply
    process = below(client)
    os.kill(manager.provisioner.pid, signal.SIGKILL)
    until(lambda: not is_running(process) and not is_running(root), "the kernel outlives its proxy")


def many_clients(manager, client):
    # The first one's cell asks, and is answered when many others have come since.
    request = client.execute("print('Hello', input('Who? '))", allow_stdin=True)
    assert client.get_stdin_msg(timeout=PATIENCE)["content"]["prompt"] == "Who? "
    others = []
    for _ in range(70):
        other = BlockingKernelClient(connection_file=manager.connection_file)
        other.load_connection_file()
        other.start_channels(iopub=False, hb=False, stdin=False)
        others.append(other)
        # Answered on control, while the cell waits.
        message = other.session.msg("kernel_info_request", {})
        other.control_channel.send(message)
        assert other.get_control_msg(timeout=PATIENCE)["msg_type"] == "kernel_info_reply"
    client.input("Ada")
    assert text(collect(client, request)[0]) == "Hello Ada\n"
    for other in others:
        other.stop_channels()


def broken(manager, client):
    # The kernel's ends of all connections to the proxy break, again and again, and the kernel goes on.
    code = '''
import os, socket, stat
from ipykernel.kernelapp import IPKernelApp
app = IPKernelApp.instance()
ports = {app.shell_port, app.control_port, app.stdin_port, app.iopub_port}
breaks = 0
def break_all():
    global breaks
    breaks += 1
    for number in map(int, os.listdir('/proc/self/fd')):
        try:
            if stat.S_ISSOCK(os.fstat(number).st_mode):
                with socket.socket(fileno=os.dup(number)) as one:
                    if one.getsockname()[1] in ports:
                        one.getpeername()
                        one.shutdown(socket.SHUT_RDWR)
        except (OSError, IndexError):
            pass
'''
    run(client, code)
    process = below(client)
    for time_and_again in (1, 2):
        client.execute("app.io_loop.call_later(0.1, break_all)", silent=True)
        client.get_shell_msg(timeout=PATIENCE)
        until(lambda: answers(client, "still %d after %d\n" % (process, time_and_again)), "the proxy does not go on")
        assert manager.is_alive()
    until(lambda: any(variable["name"] == "ports" for variable in variables(client)), "the assistant does not go on")


def variables(client):
    return collect(client, send(client, "get_subkernel_state_request", {}))[1]["content"]["return"]["variables"]


def answers(client, expected):
    # What is asked while a connection breaks may be lost with it.
    request = client.execute("print('still', os.getpid(), 'after', breaks)")
    seen, limit = "", time.monotonic() + 5
    while time.monotonic() < limit:
        try:
            message = client.get_iopub_msg(timeout=1)
        except queue.Empty:
            continue
        if message["parent_header"].get("msg_id") == request and message["msg_type"] == "stream":
            seen += message["content"]["text"]
        if expected in seen:
            return True
    return False


def r(manager, client):
    assert text(run(client, "x <- 1:3; cat(sum(x))")[0]) == "6"
    state = collect(client, send(client, "get_subkernel_state_request", {}))[1]["content"]["return"]
    assert state["variables"] == [{"name": "x", "type": "integer", "value": "1, 2, 3"}], state


def start(name):
    # Jupyter's manager picks ports that another process may take before the kernel does.
    for _ in range(4):
        try:
            return start_new_kernel(kernel_name=name, startup_timeout=PATIENCE)
        except RuntimeError:
            traceback.print_exc()
    return start_new_kernel(kernel_name=name, startup_timeout=PATIENCE)


scene = sys.argv[2]
started, connected = start("lyceum-r" if scene == "r" else "lyceum")
code = 0
try:
    globals()[scene](started, connected)
    if started.is_alive():
        process = below(connected) if scene != "r" else None
        connected.stop_channels()
        started.shutdown_kernel()
        assert process is None or not is_running(process), "the kernel is left behind"
except BaseException:
    traceback.print_exc()
    started.shutdown_kernel(now=True)
    code = 1
sys.stderr.flush()
os._exit(code)
