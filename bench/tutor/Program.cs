using System.Globalization;
using Lyceum.Testing;
using Lyceum.TutorBench;

// TutorBench [--node <address of an Ollama node> --model <name>] [--show] [--without-engine] [file for the page]
using var limit = new CancellationTokenSource(TimeSpan.FromHours(2));
var repository = new DirectoryInfo(AppContext.BaseDirectory).Parent!.Parent!.Parent!.Parent!.FullName;
var now = TimeProvider.System.GetUtcNow();
var (node, model) = (Value("--node"), Value("--model"));
var show = args.Contains("--show");
var file = args is [.., var last] && last.EndsWith(".md", StringComparison.Ordinal) ? last
    : Path.Combine(repository, "bench", "results", $"tutor-{now.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)}.md");

var postgres = new PostgresServer();
await postgres.InitializeAsync();
try
{
    List<(string, IReadOnlyList<Examined>)> models = [];
    if (node is null)
    {
        models.Add(("lyceum-hints (built in)", await ExamineAsync("lyceum-hints", null)));
        if (!args.Contains("--without-engine"))
        {
            await using var engine = await EngineNode.StartAsync(new KeyValuePair<string, string>("MODELS", "tiny:latest"));
            models.Add(("tests/engine (random weights)", await ExamineAsync("tiny:latest", engine.Address)));
        }
    }
    else
    {
        var name = model ?? throw new ArgumentException("Write --model <name> beside --node.");
        models.Add((name, await ExamineAsync(name, new Uri(node))));
    }

    var page = Report.Write(models, now);
    await File.WriteAllTextAsync(file, page, limit.Token);
    Console.WriteLine(page);
}
finally
{
    await postgres.DisposeAsync();
}

async Task<IReadOnlyList<Examined>> ExamineAsync(string name, Uri? address)
{
    await using var stack = await Stack.StartAsync(await postgres.CreateDatabaseAsync(), name, address);
    var results = await new Examination(stack).RunAsync(limit.Token);
    foreach (var result in show ? results : [])
    {
        Console.WriteLine($"=== {name} {result.Case.Asked.Id}: {string.Join("; ", result.Broken.Select(broken => $"{broken.Rule}: {broken.Why}"))}\n{result.Answer}\n");
    }

    return results;
}

string? Value(string option) => Array.IndexOf(args, option) is >= 0 and var at && at + 1 < args.Length ? args[at + 1] : null;
