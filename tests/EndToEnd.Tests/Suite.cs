using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using Lyceum.Testing;

namespace Lyceum.EndToEnd.Tests;

/// <summary>The whole suite as a newcomer starts it: the real AppHost process with an empty data folder, on ports of its own.</summary>
internal sealed partial class Suite : IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(120);

    private readonly Process _process;
    private readonly ConcurrentQueue<string> _output = new();
    private readonly TaskCompletionSource<Uri> _dashboard = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<Uri> _page = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private Suite(string data, IEnumerable<KeyValuePair<string, string>> settings)
    {
        Data = data;
        var start = new ProcessStartInfo("dotnet", [Path.Combine(Repository, "artifacts", "bin", "AppHost", "debug", "AppHost.dll")])
        {
            WorkingDirectory = Path.Combine(Repository, "AppHost"),
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["LYCEUM_DATA"] = data;
        start.Environment["Gateway__Port"] = $"{LoopbackPort.Unused()}";
        start.Environment["Dashboard__Port"] = $"{LoopbackPort.Unused()}";
        foreach (var (name, value) in settings)
        {
            start.Environment[name] = value;
        }

        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, line) => Take(line.Data);
        _process.ErrorDataReceived += (_, line) => Take(line.Data);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public static string Repository { get; } = FindRepository();

    public string Data { get; }

    public int ProcessId => _process.Id;

    /// <summary>The printed address of the page, with its token.</summary>
    public Uri Page { get; private set; } = null!;

    /// <summary>The printed address of the dashboard, with its token.</summary>
    public Uri Dashboard { get; private set; } = null!;

    public Uri Gateway => new(Page.GetLeftPart(UriPartial.Authority));

    public string Token => QueryToken(Page);

    public string Output => string.Join('\n', _output);

    /// <summary>Starts the suite and answers once it has printed its addresses, which it does when it is healthy.</summary>
    public static async Task<Suite> StartAsync(string? data = null, params IEnumerable<KeyValuePair<string, string>> settings)
    {
        var suite = new Suite(data ?? NewDataFolder(), settings);
        var ended = suite._process.WaitForExitAsync();
        var ready = Task.WhenAll(suite._page.Task, suite._dashboard.Task);
        if (await Task.WhenAny(ready, ended, Task.Delay(StartLimit)) != ready)
        {
            await suite.DisposeAsync();
            throw new InvalidOperationException($"The suite did not start. It said:\n{suite.Output}");
        }

        suite.Page = await suite._page.Task;
        suite.Dashboard = await suite._dashboard.Task;
        return suite;
    }

    public static string NewDataFolder() => Directory.CreateTempSubdirectory("lyceum-e2e-").FullName;

    /// <summary>A client of Gateway that carries a token, the owner's unless another is given.</summary>
    public HttpClient Client(string? token = null)
    {
        var client = new HttpClient { BaseAddress = Gateway };
        client.DefaultRequestHeaders.Authorization = new("Bearer", token ?? Token);
        return client;
    }

    /// <summary>Makes a student and answers the token.</summary>
    public async Task<string> CreateStudentAsync(string name)
    {
        using var owner = Client();
        using var response = await owner.PostAsJsonAsync("/accounts", new { name });
        response.EnsureSuccessStatusCode();
        return (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("token").GetString()!;
    }

    /// <summary>Stores a C# notebook of code cells in the folder of a token's holder.</summary>
    public async Task SaveNotebookAsync(string token, string path, params string[] cells)
    {
        using var client = Client(token);
        using var response = await client.PutAsJsonAsync($"/api/contents/{path}", new
        {
            type = "notebook",
            format = "json",
            content = new
            {
                cells = cells.Select((source, index) => new { cell_type = "code", id = $"cell-{index}", source, metadata = new { }, outputs = Array.Empty<object>(), execution_count = (int?)null }),
                metadata = new { kernelspec = new { name = "csharp", display_name = "C#", language = "csharp" } },
                nbformat = 4,
                nbformat_minor = 5,
            },
        });
        Assert.True(response.StatusCode is HttpStatusCode.Created or HttpStatusCode.OK, $"{response.StatusCode}: {await response.Content.ReadAsStringAsync()}");
    }

    /// <summary>The processes that live in this suite's data folder or descend from its AppHost, by id and command line.</summary>
    public IReadOnlyDictionary<int, string> Processes() => ProcessTree.Of(_process.Id, Data);

    /// <summary>Ends AppHost as Ctrl-C does and answers its exit code.</summary>
    public async Task<int> InterruptAsync()
    {
        await SignalAsync("-INT", _process.Id);
        await _process.WaitForExitAsync(new CancellationTokenSource(TimeSpan.FromSeconds(60)).Token);
        return _process.ExitCode;
    }

    public void Kill() => _process.Kill();

    public static async Task SignalAsync(string signal, int id)
    {
        using var kill = Process.Start("kill", [signal, $"{id}"]);
        await kill.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            await InterruptAsync();
        }

        _process.Dispose();
    }

    private static string QueryToken(Uri address) => System.Web.HttpUtility.ParseQueryString(address.Query)["token"]!;

    private void Take(string? line)
    {
        if (line is null)
        {
            return;
        }

        _output.Enqueue(line);
        if (PrintedAddress().Match(line) is { Success: true } match)
        {
            var which = line.Contains("ashboard", StringComparison.Ordinal) ? _dashboard : _page;
            which.TrySetResult(new Uri(match.Value));
        }
    }

    private static string FindRepository()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder!.FullName, "aspire.sln")))
        {
            folder = folder.Parent;
        }

        return folder.FullName;
    }

    [GeneratedRegex(@"http://[^\s]+token=[^\s]+")]
    private static partial Regex PrintedAddress();
}
