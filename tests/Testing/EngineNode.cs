using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;
using Xunit;

namespace Lyceum.Testing;

/// <summary>
/// A model node with a real llama.cpp engine behind Ollama's and OpenAI's API (tests/engine), on a free port.
/// A fixture for a class or collection, or started with settings of its own.
/// </summary>
public sealed class EngineNode : IAsyncLifetime, IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);
    private readonly IReadOnlyList<KeyValuePair<string, string>> _settings;
    private readonly HttpClient _client = new() { Timeout = TimeSpan.FromSeconds(60) };
    private Process? _process;

    public EngineNode()
        : this([])
    {
    }

    private EngineNode(IReadOnlyList<KeyValuePair<string, string>> settings) => _settings = settings;

    /// <summary>Where it listens.</summary>
    public Uri Address { get; private set; } = new("http://127.0.0.1:0");

    /// <summary>Starts a node with settings of mini-ollama.mjs, such as <c>DIE_AFTER</c>.</summary>
    public static async Task<EngineNode> StartAsync(params KeyValuePair<string, string>[] settings)
    {
        var node = new EngineNode(settings);
        await node.InitializeAsync();
        return node;
    }

    /// <summary>How many requests the engine works on.</summary>
    public async Task<int> BusyAsync() =>
        (await _client.GetFromJsonAsync<JsonElement>(new Uri(Address, "/debug/busy"))).GetProperty("busy").GetInt32();

    /// <summary>Ends the process at once, as a crash does.</summary>
    public async Task KillAsync()
    {
        if (_process is { HasExited: false })
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
        }
    }

    /// <inheritdoc />
    public async Task InitializeAsync()
    {
        var (folder, model) = await EngineFiles.EnsureAsync();
        var start = new ProcessStartInfo("node", [Path.Combine(folder, "mini-ollama.mjs")])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["PORT"] = "0";
        start.Environment.Remove("HOST");
        start.Environment["MODEL"] = model;
        start.Environment["LOAD_MS"] = "0";
        // However this process ends, its end of the pipe closes, and the node goes too.
        start.Environment["EXIT_WITH_STDIN"] = "1";
        foreach (var (name, value) in _settings)
        {
            start.Environment[name] = value;
        }

        _process = Process.Start(start)!;
        var listening = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
        var said = new List<string>();
        _process.OutputDataReceived += (_, line) => Hear(line.Data);
        _process.ErrorDataReceived += (_, line) => Hear(line.Data);
        _process.EnableRaisingEvents = true;
        _process.Exited += (_, _) => listening.TrySetException(new InvalidOperationException($"The engine ended: {string.Join('\n', said)}"));
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        var host = _settings.LastOrDefault(setting => setting.Key == "HOST").Value ?? "127.0.0.1";
        Address = new Uri($"http://{host}:{await listening.Task.WaitAsync(StartLimit)}");

        void Hear(string? line)
        {
            lock (said)
            {
                said.Add(line ?? "");
            }

            if (line?.StartsWith("mini-ollama ", StringComparison.Ordinal) is true)
            {
                listening.TrySetResult(int.Parse(line["mini-ollama ".Length..], System.Globalization.CultureInfo.InvariantCulture));
            }
        }
    }

    /// <inheritdoc />
    public async Task DisposeAsync()
    {
        await KillAsync();
        _process?.Dispose();
        _client.Dispose();
    }

    async ValueTask IAsyncDisposable.DisposeAsync() => await DisposeAsync();
}
