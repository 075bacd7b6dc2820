"""A libzmq socket that the tests drive by lines on stdin; frames travel as hex, long ones as length and crc."""
import os
import sys
import zlib

import zmq


def show(frame):
    return f"{len(frame)}:{zlib.crc32(frame):08x}" if len(frame) > 64 else (frame.hex() or "-")


def parse(word):
    if word.startswith("*"):
        return os.urandom(1) * int(word[1:])
    return b"" if word == "-" else bytes.fromhex(word)


def main():
    kind, how, endpoint, mode = sys.argv[1:5]
    context = zmq.Context()
    socket = context.socket(getattr(zmq, kind))
    socket.linger = 5000
    socket.sndhwm = socket.rcvhwm = 0
    if len(sys.argv) > 5:
        socket.identity = bytes.fromhex(sys.argv[5])
    if kind == "XPUB":
        socket.xpub_verbose = True
    if mode == "strict":
        # As a publisher with its default limit, but one that waits where others drop, and fails if it waits for long.
        socket.sndhwm = 1000
        socket.xpub_nodrop = True
        socket.sndtimeo = 10000
    if how == "bind":
        socket.bind(endpoint)
    else:
        socket.connect(endpoint)
    print("ready", socket.last_endpoint.decode().rstrip("\0"), flush=True)

    poller = zmq.Poller()
    poller.register(socket, zmq.POLLIN)
    poller.register(sys.stdin, zmq.POLLIN)
    pending = b""
    while True:
        for source, _ in poller.poll():
            if source is socket:
                frames = socket.recv_multipart()
                if mode == "echo":
                    socket.send_multipart(frames)
                else:
                    print("got", *[show(frame) for frame in frames], flush=True)
                continue
            data = os.read(0, 65536)
            if not data:
                return
            *lines, pending = (pending + data).split(b"\n")
            for line in lines:
                verb, *words = line.decode().split()
                if verb == "send":
                    frames = [parse(word) for word in words]
                    socket.send_multipart(frames)
                    print("sent", *[show(frame) for frame in frames], flush=True)
                elif verb == "flood":
                    body = bytes(int(words[1]))
                    for i in range(int(words[0])):
                        socket.send_multipart([b"flood", str(i).encode(), body])
                    print("flooded", flush=True)
                elif verb == "subscribe":
                    socket.subscribe(parse(words[0]))
                elif verb == "unsubscribe":
                    socket.unsubscribe(parse(words[0]))


main()
