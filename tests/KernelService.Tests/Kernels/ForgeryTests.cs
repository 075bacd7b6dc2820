namespace Lyceum.KernelService.Tests.Kernels;

/// <summary>A kernel among whose messages are some that were not signed with its key.</summary>
public sealed class ForgeryTests(ForgeryTests.Forger service) : IClassFixture<ForgeryTests.Forger>
{
    [Fact]
    public async Task A_message_with_a_forged_signature_reaches_no_client_and_the_next_true_one_does()
    {
        using var rest = service.ClientOf(KernelServiceFixture.Sam);
        var kernel = await rest.StartKernelAsync("forger");
        await using var client = await NotebookClient.ConnectAsync(service, kernel, KernelServiceFixture.Sam);

        var messages = await client.RunAsync("");

        Assert.Equal(["true"], messages.Where(message => message.Type == "stream").Select(message => message.Text("text")));
        Assert.Equal("ok", messages.Single(message => message.Type == "execute_reply").Text("status"));
        await rest.DeleteAsync(JupyterRest.Path($"/api/kernels/{kernel}"));
    }

    public sealed class Forger : KernelServiceFixture
    {
        private const string Program = """
            import hashlib, hmac, json, sys, uuid, zmq
            file = json.load(open(sys.argv[1]))
            context = zmq.Context()
            def bind(kind, channel):
                socket = context.socket(kind)
                socket.bind(f"tcp://{file['ip']}:{file[channel + '_port']}")
                return socket
            shell, control, stdin, iopub = bind(zmq.ROUTER, 'shell'), bind(zmq.ROUTER, 'control'), bind(zmq.ROUTER, 'stdin'), bind(zmq.PUB, 'iopub')
            def send(socket, to, kind, parent, content, key=file['key'], signature=None):
                header = {'msg_id': uuid.uuid4().hex, 'msg_type': kind, 'session': 'forger', 'username': '', 'date': '2026-01-01T00:00:00Z', 'version': '5.3'}
                parts = [json.dumps(header).encode(), json.dumps(parent).encode(), b'{}', json.dumps(content).encode()]
                if signature is None:
                    signature = hmac.new(key.encode(), b''.join(parts), hashlib.sha256).hexdigest().encode()
                socket.send_multipart(to + [b'<IDS|MSG>', signature] + parts)
            poller = zmq.Poller()
            poller.register(shell, zmq.POLLIN)
            poller.register(control, zmq.POLLIN)
            while True:
                for socket, _ in poller.poll():
                    frames = socket.recv_multipart()
                    at = frames.index(b'<IDS|MSG>')
                    to, parent = frames[:at], json.loads(frames[at + 2])
                    kind = parent['msg_type']
                    send(iopub, [b'status'], 'status', parent, {'execution_state': 'busy'})
                    if kind == 'execute_request':
                        send(iopub, [b'stream'], 'stream', parent, {'name': 'stdout', 'text': 'wrong key'}, key='guessed')
                        send(iopub, [b'stream'], 'stream', parent, {'name': 'stdout', 'text': 'no signature'}, signature=b'')
                        send(iopub, [b'stream'], 'stream', parent, {'name': 'stdout', 'text': 'short signature'}, signature=b'00')
                        iopub.send_multipart([b'<IDS|MSG>', b'not a message'])
                        send(socket, to, 'execute_reply', parent, {'status': 'error', 'ename': 'forged', 'evalue': '', 'traceback': []}, key='guessed')
                        send(iopub, [b'stream'], 'stream', parent, {'name': 'stdout', 'text': 'true'})
                    send(socket, to, kind.replace('_request', '_reply'), parent, {'status': 'ok', 'execution_count': 1})
                    send(iopub, [b'status'], 'status', parent, {'execution_state': 'idle'})
                    if kind == 'shutdown_request':
                        context.destroy(linger=500)
                        sys.exit()
            """;

        private readonly string _data = Directory.CreateTempSubdirectory("lyceum-specs-").FullName;

        protected override IEnumerable<KeyValuePair<string, string?>> Settings
        {
            get
            {
                var folder = Directory.CreateDirectory(Path.Combine(_data, "kernels", "forger")).FullName;
                File.WriteAllText(Path.Combine(folder, "forger.py"), Program);
                File.WriteAllText(Path.Combine(folder, "kernel.json"), """{"argv": ["/usr/bin/python3", "{resource_dir}/forger.py", "{connection_file}"], "display_name": "Forger", "language": "none"}""");
                return [new("Kernelspecs:Folders:0", _data), new("WarmKernels:Size", "0")];
            }
        }
    }
}
