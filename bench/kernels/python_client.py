"""
A client in Python of one kernel: on its own sockets, as jupyter_client has it, or through a server's WebSocket.
For each number that it reads it executes as often, and prints how many milliseconds each took until reply and idle were there.

    python_client.py direct CONNECTION_FILE
    python_client.py websocket URL HEADER VALUE
"""
import json
import struct
import sys
import time

from jupyter_client.session import Session

CONTENT = {"code": "pass", "silent": False, "store_history": False, "user_expressions": {}, "allow_stdin": False, "stop_on_error": True}


class Direct:
    """The kernel's own sockets; messages are signed and verified."""

    def __init__(self, connection_file):
        import zmq

        with open(connection_file) as file:
            info = json.load(file)
        self.session = Session(key=info["key"].encode(), signature_scheme="hmac-sha256")
        context = zmq.Context()
        self.shell, self.iopub = context.socket(zmq.DEALER), context.socket(zmq.SUB)
        self.iopub.subscribe(b"")
        self.shell.connect(f"tcp://{info['ip']}:{info['shell_port']}")
        self.iopub.connect(f"tcp://{info['ip']}:{info['iopub_port']}")
        self.poller = zmq.Poller()
        self.poller.register(self.shell, zmq.POLLIN)
        self.poller.register(self.iopub, zmq.POLLIN)
        self.waiting = []
        # A subscription takes a while to reach the kernel.
        time.sleep(0.5)

    def send(self):
        return self.session.send(self.shell, "execute_request", CONTENT)["header"]["msg_id"]

    def receive(self):
        if not self.waiting:
            self.waiting = [socket for socket, _ in self.poller.poll()]
        socket = self.waiting.pop(0)
        return ("shell" if socket is self.shell else "iopub"), self.session.recv(socket, mode=0)[1]


class WebSocket:
    """A server's WebSocket, in the framing v1.kernel.websocket.jupyter.org."""

    def __init__(self, url, header, value):
        import websocket

        self.session = Session()
        self.socket = websocket.create_connection(url, header={header: value}, subprotocols=["v1.kernel.websocket.jupyter.org"])

    def send(self):
        message = self.session.msg("execute_request", CONTENT)
        parts = [b"shell", *(self.session.pack(message[part]) for part in ("header", "parent_header", "metadata", "content"))]
        offsets = [8 * (len(parts) + 2)]
        for part in parts:
            offsets.append(offsets[-1] + len(part))
        self.socket.send_binary(struct.pack(f"<{len(offsets) + 1}Q", len(offsets), *offsets) + b"".join(parts))
        return message["header"]["msg_id"]

    def receive(self):
        data = self.socket.recv()
        count = struct.unpack_from("<Q", data)[0]
        offsets = struct.unpack_from(f"<{count}Q", data, 8)
        parts = [data[start:end] for start, end in zip(offsets, offsets[1:])]
        header, parent, _, content = (self.session.unpack(part) for part in parts[1:5])
        return parts[0].decode(), {"msg_type": header["msg_type"], "parent_header": parent, "content": content}


def execute(client):
    start = time.perf_counter()
    request = client.send()
    replied = idle = False
    while not (replied and idle):
        channel, message = client.receive()
        if message["parent_header"].get("msg_id") == request:
            replied = replied or channel == "shell"
            idle = idle or message["msg_type"] == "status" and message["content"]["execution_state"] == "idle"
    return (time.perf_counter() - start) * 1000


client = {"direct": Direct, "websocket": WebSocket}[sys.argv[1]](*sys.argv[2:])
for line in sys.stdin:
    print(" ".join(f"{execute(client):.4f}" for _ in range(int(line))), flush=True)
