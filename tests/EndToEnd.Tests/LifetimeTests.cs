using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace Lyceum.EndToEnd.Tests;

public sealed class LifetimeTests
{
    [Fact]
    public async Task Ctrl_C_stops_every_child_and_a_second_start_finds_the_data_again()
    {
        var data = Suite.NewDataFolder();
        IReadOnlyDictionary<int, string> children;
        string learner;
        string student;
        await using (var first = await Suite.StartAsync(data))
        {
            await SaveNotebookAsync(first);
            student = await first.CreateStudentAsync("Ada");
            learner = await LearnerAsync(first, "Ada");
            children = first.Processes();
            Assert.NotEmpty(children);
            Assert.Equal(0, await first.InterruptAsync());
            await GoneAsync(children);
        }

        await using var second = await Suite.StartAsync(data);
        using var client = second.Client();
        var notebook = await client.GetFromJsonAsync<JsonElement>("/api/contents/kept.ipynb?content=0");
        Assert.Equal("kept.ipynb", notebook.GetProperty("name").GetString());
        using var ada = second.Client(student);
        Assert.Equal("Ada", (await ada.GetFromJsonAsync<JsonElement>("/identity")).GetProperty("name").GetString());
        Assert.Equal(learner, await LearnerAsync(second, "Ada"));
    }

    [Fact]
    public async Task A_killed_AppHost_leaves_no_orphan()
    {
        await using var suite = await Suite.StartAsync();
        using var client = suite.Client();
        using var kernel = await client.PostAsJsonAsync("/api/kernels", new { name = "csharp" });
        Assert.Equal(HttpStatusCode.Created, kernel.StatusCode);
        var children = suite.Processes();
        Assert.Contains(children.Values, command => command.Contains("CSharpKernel", StringComparison.Ordinal));
        Assert.Contains(children.Values, command => command.Contains("postgres", StringComparison.Ordinal));

        suite.Kill();

        await GoneAsync(children);
    }

    private static async Task SaveNotebookAsync(Suite suite)
    {
        using var client = suite.Client();
        using var response = await client.PutAsJsonAsync("/api/contents/kept.ipynb", new
        {
            type = "notebook",
            format = "json",
            content = new { cells = Array.Empty<object>(), metadata = new { }, nbformat = 4, nbformat_minor = 5 },
        });
        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
    }

    private static async Task<string> LearnerAsync(Suite suite, string name)
    {
        using var client = suite.Client();
        var list = await client.GetFromJsonAsync<JsonElement>("/accounts");
        return list.GetProperty("accounts").EnumerateArray().Single(account => account.GetProperty("name").GetString() == name).GetProperty("learner").GetString()!;
    }

    private static async Task GoneAsync(IReadOnlyDictionary<int, string> processes)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (processes.Where(process => ProcessTree.Lives(process.Key)).ToList() is { Count: > 0 } left)
        {
            Assert.False(limit.IsCancellationRequested, $"Still there: {string.Join("; ", left)}");
            await Task.Delay(100, CancellationToken.None);
        }
    }
}
