using System.Diagnostics;
using System.Text;
using System.Text.Json.Nodes;
using Lyceum.Messaging;

namespace Lyceum.CSharpKernel.Tests;

/// <summary>A real kernel process and a client of all its channels.</summary>
public sealed class RunningKernel : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    private readonly string _folder = Directory.CreateTempSubdirectory("cskernel-").FullName;
    private readonly string _session = Guid.NewGuid().ToString("N");
    private readonly JupyterSigner _signer = new("the tests' key");
    private DealerSocket _shell = null!;
    private DealerSocket _control = null!;
    private DealerSocket _stdin = null!;
    private SubscriberSocket _iopub = null!;

    public static string Program { get; } = Path.Combine(AppContext.BaseDirectory, "CSharpKernel.dll");

    public Process Process { get; private set; } = null!;

    public ConnectionFile Connection { get; private set; } = null!;

    public Task InitializeAsync() => StartAsync([]);

    public async Task StartAsync(IEnumerable<KeyValuePair<string, string>> environment)
    {
        Connection = new ConnectionFile
        {
            Transport = "ipc", Ip = Path.Combine(_folder, "k"), Key = "the tests' key",
            ShellPort = 1, IopubPort = 2, StdinPort = 3, ControlPort = 4, HbPort = 5,
        };
        var file = Path.Combine(_folder, "connection.json");
        await Connection.WriteAsync(file);
        var start = new ProcessStartInfo("dotnet", [Program, file]) { WorkingDirectory = _folder };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        Process = Process.Start(start)!;
        using var limit = new CancellationTokenSource(Patience);
        var identity = Encoding.UTF8.GetBytes(_session);
        _shell = await DealerSocket.ConnectAsync(Connection.EndpointOf(KernelChannel.Shell), identity, cancellationToken: limit.Token);
        _control = await DealerSocket.ConnectAsync(Connection.EndpointOf(KernelChannel.Control), identity, cancellationToken: limit.Token);
        _stdin = await DealerSocket.ConnectAsync(Connection.EndpointOf(KernelChannel.Stdin), identity, cancellationToken: limit.Token);
        _iopub = await SubscriberSocket.ConnectAsync(Connection.EndpointOf(KernelChannel.Iopub), cancellationToken: limit.Token);
        await _iopub.SubscribeAsync(default, limit.Token);
        // A subscription takes effect some time later; the first status that arrives shows that it has.
        var first = ReceiveOutputAsync(limit.Token);
        while (!first.IsCompleted)
        {
            await AskAsync("kernel_info_request", []);
        }

        await first;
        await DrainAsync();
    }

    public async Task DisposeAsync()
    {
        if (!Process.HasExited)
        {
            Process.Kill();
            await Process.WaitForExitAsync();
        }

        await _shell.DisposeAsync();
        await _control.DisposeAsync();
        await _stdin.DisposeAsync();
        await _iopub.DisposeAsync();
        _signer.Dispose();
        Process.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>Runs a cell to its end.</summary>
    /// <param name="code">The cell.</param>
    /// <param name="more">Further fields of the request.</param>
    /// <param name="onOutput">Called with each output while the cell runs.</param>
    public async Task<CellRun> RunAsync(string code, JsonObject? more = null, Func<Received, Task>? onOutput = null)
    {
        var content = more ?? [];
        content["code"] = code;
        var id = await SendAsync(KernelChannel.Shell, "execute_request", content);
        var outputs = await OutputsOfAsync(id, onOutput);
        return new CellRun(await ReplyAsync(id), outputs);
    }

    /// <summary>All that the kernel publishes for a request, up to its idle.</summary>
    public async Task<IReadOnlyList<Received>> OutputsOfAsync(string id, Func<Received, Task>? onOutput = null)
    {
        using var limit = new CancellationTokenSource(Patience);
        var outputs = new List<Received>();
        while (true)
        {
            var message = await ReceiveOutputAsync(limit.Token);
            if (message.Parent != id)
            {
                continue;
            }

            outputs.Add(message);
            if (onOutput is not null)
            {
                await onOutput(message);
            }

            if (message.Type == "status" && message.Text("execution_state") == "idle")
            {
                return outputs;
            }
        }
    }

    /// <summary>All that the kernel publishes, for whichever request, up to the idle of the given one.</summary>
    public async Task OutputsOfAnyAsync(string id, Action<Received> onOutput)
    {
        using var limit = new CancellationTokenSource(Patience);
        while (true)
        {
            var message = await ReceiveOutputAsync(limit.Token);
            onOutput(message);
            if (message.Parent == id && message.Type == "status" && message.Text("execution_state") == "idle")
            {
                return;
            }
        }
    }

    /// <summary>A request on shell, or control, and the content of its reply.</summary>
    public async Task<JsonObject> AskAsync(string type, JsonObject content, KernelChannel channel = KernelChannel.Shell) =>
        await ReplyAsync(await SendAsync(channel, type, content), channel);

    public async Task<JsonObject> ReplyAsync(string id, KernelChannel channel = KernelChannel.Shell)
    {
        using var limit = new CancellationTokenSource(Patience);
        var socket = channel == KernelChannel.Shell ? _shell : _control;
        while (true)
        {
            var message = Decode(await socket.ReceiveAsync(limit.Token));
            if (message.Parent == id)
            {
                return message.Content;
            }
        }
    }

    /// <summary>Waits for the kernel's question to the user, and answers it.</summary>
    /// <returns>The question.</returns>
    public async Task<JsonObject> AnswerAsync(string line)
    {
        using var limit = new CancellationTokenSource(Patience);
        var question = Decode(await _stdin.ReceiveAsync(limit.Token));
        Assert.Equal("input_request", question.Type);
        await SendAsync(KernelChannel.Stdin, "input_reply", new JsonObject { ["value"] = line });
        return question.Content;
    }

    public async Task<string> SendAsync(KernelChannel channel, string type, JsonObject content)
    {
        var header = JupyterHeader.Create(type, _session, "tester", TimeProvider.System);
        var message = new JupyterMessage { Header = header.ToUtf8(), Content = Encoding.UTF8.GetBytes(content.ToJsonString()) };
        var socket = channel switch { KernelChannel.Shell => _shell, KernelChannel.Control => _control, _ => _stdin };
        await socket.SendAsync(message.Encode(_signer));
        return header.MsgId;
    }

    private async Task DrainAsync() => await OutputsOfAsync(await SendAsync(KernelChannel.Shell, "kernel_info_request", []));

    private async Task<Received> ReceiveOutputAsync(CancellationToken cancellationToken) => Decode(await _iopub.ReceiveAsync(cancellationToken));

    private Received Decode(Message frames)
    {
        Assert.True(JupyterMessage.TryDecode(frames, _signer, out var message, out var error), error.ToString());
        return new Received(Parse(message.Header)["msg_type"]!.GetValue<string>(), Parse(message.ParentHeader)["msg_id"]?.GetValue<string>(), Parse(message.Content));

        static JsonObject Parse(ReadOnlyMemory<byte> json) => JsonNode.Parse(json.Span)!.AsObject();
    }
}

/// <summary>A message from the kernel.</summary>
public sealed record Received(string Type, string? Parent, JsonObject Content)
{
    public string Text(string field) => Content[field]!.GetValue<string>();
}

/// <summary>What became of a cell.</summary>
public sealed record CellRun(JsonObject Reply, IReadOnlyList<Received> Outputs)
{
    public string Status => Reply["status"]!.GetValue<string>();

    public string Stdout => string.Concat(Of("stream").Where(output => output.Text("name") == "stdout").Select(output => output.Text("text")));

    public string Stderr => string.Concat(Of("stream").Where(output => output.Text("name") == "stderr").Select(output => output.Text("text")));

    public string? Result => Of("execute_result").SingleOrDefault()?.Content["data"]!["text/plain"]!.GetValue<string>();

    public JsonObject Error => Of("error").Single().Content;

    public string Traceback => string.Join('\n', Error["traceback"]!.AsArray().Select(line => line!.GetValue<string>()));

    public IEnumerable<Received> Of(string type) => Outputs.Where(output => output.Type == type);
}
