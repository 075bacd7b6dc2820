"""Drives the kernel with jupyter_client, the reference implementation. Argument: a folder with kernelspecs."""

import os
import sys

os.environ["JUPYTER_PATH"] = sys.argv[1]

from jupyter_client.manager import start_new_kernel  # noqa: E402


def run(client, code, **options):
    outputs = []
    reply = client.execute_interactive(code, timeout=60, output_hook=outputs.append, **options)
    return reply["content"], outputs


def main():
    manager, client = start_new_kernel(kernel_name="csharp", startup_timeout=60)
    try:
        reply, outputs = run(client, 'Console.Write("out"); 6 * 7')
        assert reply["status"] == "ok", reply
        results = [output["content"]["data"]["text/plain"] for output in outputs if output["msg_type"] == "execute_result"]
        assert results == ["42"], outputs
        assert [output["content"]["text"] for output in outputs if output["msg_type"] == "stream"] == ["out"], outputs

        reply, _ = run(client, "Console.ReadLine()", allow_stdin=True, stdin_hook=lambda _: client.input("hello"))
        assert reply["status"] == "ok", reply

        client.execute("while (true) { }")
        while client.get_iopub_msg(timeout=60)["msg_type"] != "execute_input":
            pass
        manager.interrupt_kernel()
        reply = client.get_shell_msg(timeout=60)["content"]
        assert reply["ename"] == "KeyboardInterrupt", reply
        assert client.is_alive()
    finally:
        client.stop_channels()
        manager.shutdown_kernel()
    assert not manager.is_alive()


main()
sys.stdout.flush()
# The interpreter's own teardown of zmq sockets is not what is tested here.
os._exit(0)
