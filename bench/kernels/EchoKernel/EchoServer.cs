using System.Globalization;
using System.Text;
using System.Text.Json;
using Lyceum.Messaging;

namespace Lyceum.EchoKernel;

/// <summary>
/// Answers at once. The code <c>%flood N</c> publishes N stream messages first, <c>%display N</c> a display of N bytes.
/// </summary>
internal sealed class EchoServer : IAsyncDisposable
{
    private const int MaxStreams = 10_000_000;
    private const int MaxDisplayBytes = 500_000_000;
    private static readonly byte[] Info = Encoding.UTF8.GetBytes(
        """{"status":"ok","protocol_version":"5.3","implementation":"echo","implementation_version":"1","banner":"","help_links":[],"language_info":{"name":"echo","version":"1","mimetype":"text/plain","file_extension":".txt"}}""");

    private static readonly byte[] Ok = """{"status":"ok","execution_count":1,"user_expressions":{},"payload":[]}"""u8.ToArray();
    private static readonly byte[] Busy = """{"execution_state":"busy"}"""u8.ToArray();
    private static readonly byte[] Idle = """{"execution_state":"idle"}"""u8.ToArray();
    private static readonly byte[] Line = """{"name":"stdout","text":"one line of output, as long as most\n"}"""u8.ToArray();

    private readonly string _session = Guid.NewGuid().ToString("N");
    private readonly JupyterSigner _signer;
    private readonly RouterSocket _shell;
    private readonly RouterSocket _control;
    private readonly RouterSocket _stdin;
    private readonly PublisherSocket _iopub;
    private readonly ReplySocket _heartbeat;

    private EchoServer(ConnectionFile file)
    {
        _signer = new JupyterSigner(file.Key);
        _shell = RouterSocket.Bind(file.EndpointOf(KernelChannel.Shell));
        _control = RouterSocket.Bind(file.EndpointOf(KernelChannel.Control));
        _stdin = RouterSocket.Bind(file.EndpointOf(KernelChannel.Stdin));
        _iopub = PublisherSocket.Bind(file.EndpointOf(KernelChannel.Iopub));
        _heartbeat = ReplySocket.Bind(file.EndpointOf(KernelChannel.Heartbeat));
    }

    public static async Task RunAsync(ConnectionFile file, CancellationTokenSource stop)
    {
        await using var server = new EchoServer(file);
        try
        {
            await Task.WhenAll(server.ServeAsync(server._shell, stop), server.ServeAsync(server._control, stop), server.BeatAsync(stop.Token));
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // A client asked for the shutdown.
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _shell.DisposeAsync();
        await _control.DisposeAsync();
        await _stdin.DisposeAsync();
        await _iopub.DisposeAsync();
        await _heartbeat.DisposeAsync();
        _signer.Dispose();
    }

    private async Task BeatAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            await _heartbeat.SendAsync(await _heartbeat.ReceiveAsync(cancellationToken), cancellationToken);
        }
    }

    private async Task ServeAsync(RouterSocket socket, CancellationTokenSource stop)
    {
        while (true)
        {
            Message frames = await socket.ReceiveAsync(stop.Token);
            if (JupyterMessage.TryDecode(frames, _signer, out JupyterMessage request, out _) && JupyterHeader.TryParse(request.Header.Span, out JupyterHeader header))
            {
                await PublishAsync("status", request.Header, Busy);
                bool isExecution = header.MsgType == "execute_request";
                if (isExecution)
                {
                    await PutOutAsync(request, stop.Token);
                }

                string reply = header.MsgType.Replace("_request", "_reply", StringComparison.Ordinal);
                byte[] content = header.MsgType == "kernel_info_request" ? Info : Ok;
                await socket.SendAsync(Make(reply, request.Header, content, request.Identities).Encode(_signer), stop.Token);
                await PublishAsync("status", request.Header, Idle);
                if (header.MsgType == "shutdown_request")
                {
                    await stop.CancelAsync();
                }
            }
        }
    }

    private async Task PutOutAsync(JupyterMessage request, CancellationToken cancellationToken)
    {
        using JsonDocument content = JsonDocument.Parse(request.Content);
        string[] words = (content.RootElement.GetProperty("code").GetString() ?? "").Split(' ');
        if (words.Length != 2 || !int.TryParse(words[1], NumberStyles.None, CultureInfo.InvariantCulture, out int count))
        {
            return;
        }

        if (words[0] == "%flood" && count <= MaxStreams)
        {
            for (int i = 0; i < count && !cancellationToken.IsCancellationRequested; i++)
            {
                await PublishAsync("stream", request.Header, Line);
            }
        }
        else if (words[0] == "%display" && count <= MaxDisplayBytes)
        {
            string json = string.Concat("""{"metadata":{},"transient":{},"data":{"text/plain":""", "\"", new string('x', count), "\"}}");
            await PublishAsync("display_data", request.Header, Encoding.UTF8.GetBytes(json));
        }
    }

    private ValueTask PublishAsync(string type, ReadOnlyMemory<byte> parent, byte[] content) =>
        _iopub.SendAsync(Make(type, parent, content, [Encoding.ASCII.GetBytes(type)]).Encode(_signer));

    private JupyterMessage Make(string type, ReadOnlyMemory<byte> parent, byte[] content, IReadOnlyList<ReadOnlyMemory<byte>> identities) => new()
    {
        Identities = identities,
        Header = JupyterHeader.Create(type, _session, "echo", TimeProvider.System).ToUtf8(),
        ParentHeader = parent,
        Content = content,
    };
}
