using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace Lyceum.EndToEnd.Tests;

[Collection(nameof(RunningSuite))]
public sealed class SuiteTests(RunningSuite running)
{
    private readonly Suite _suite = running.Suite;

    [Fact]
    public async Task Every_client_is_served_at_one_address()
    {
        using var client = _suite.Client();
        Assert.True((await client.GetFromJsonAsync<JsonElement>("/api/kernelspecs")).GetProperty("kernelspecs").TryGetProperty("csharp", out _));
        Assert.Contains("lyceum-hints", await client.GetStringAsync(new Uri("/api/tags", UriKind.Relative)), StringComparison.Ordinal);
        Assert.Contains("lyceum-hints", await client.GetStringAsync(new Uri("/v1/models", UriKind.Relative)), StringComparison.Ordinal);
        Assert.True((await client.GetFromJsonAsync<JsonElement>("/telemetry/courses/default/activity")).TryGetProperty("learners", out _));
        Assert.True((await client.GetFromJsonAsync<JsonElement>("/llm/chat/sessions/")).TryGetProperty("sessions", out _));
    }

    [Fact]
    public async Task Nothing_behind_Gateway_answers_anyone_directly()
    {
        var ports = Listeners.Of(_suite.Processes().Keys);
        Assert.True(ports.Count >= 6, $"Expected the services and PostgreSQL to listen, found {ports.Count} ports.");
        await Task.WhenAll(ports.Where(port => port != _suite.Gateway.Port).Select(RefusesStrangersAsync));
    }

    private static async Task RefusesStrangersAsync(int port)
    {
        using var client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}"), Timeout = TimeSpan.FromSeconds(15) };
        foreach (var path in (string[])["/api/kernels", "/llm/chat/sessions/", "/telemetry/courses/default/activity", "/api/tags"])
        {
            try
            {
                using var response = await client.GetAsync(new Uri(path, UriKind.Relative));
                Assert.True(response.StatusCode == HttpStatusCode.Unauthorized, $"Port {port} answered {path} with {response.StatusCode}.");
            }
            catch (Exception silent) when (silent is HttpRequestException or TaskCanceledException)
            {
                // Not HTTP: PostgreSQL or a kernel's socket, which have keys of their own.
                return;
            }
        }
    }

    [Theory]
    [InlineData("csharp", "Console.Write(6 * 7);", "42")]
    [InlineData("python3", "print(6 * 7)", "42\n")]
    public async Task A_cell_runs_in_a_real_kernel(string kernelspec, string code, string expected)
    {
        await using var kernel = await KernelClient.StartAsync(_suite, kernelspec);
        Assert.Equal(expected, (await kernel.ExecuteAsync(code)).Stdout);
    }

    [Fact]
    public async Task A_failing_cell_gets_a_hint_and_shows_in_the_class_view()
    {
        var name = $"Student {Guid.NewGuid():N}";
        var token = await _suite.CreateStudentAsync(name);
        await using var kernel = await KernelClient.StartAsync(_suite, "python3", token, "loops.ipynb");
        var failed = await kernel.ExecuteAsync("values = [1, 2, 3]\nprint(valeus)");
        Assert.Equal("NameError", failed.ErrorName);

        using var owner = _suite.Client();
        var row = await EventuallyAsync(async () => await RowOfAsync(owner, name), found => found.GetProperty("failures").GetInt32() == 1);
        Assert.Equal("NameError", row.GetProperty("last_error").GetProperty("name").GetString());

        // No context is sent: what the tutor knows, it has from the telemetry of the execution.
        using var student = _suite.Client(token);
        using var response = await student.PostAsJsonAsync("/llm/chat/", new { initial_message = "Why does this fail?", context = new { notebook_path = "loops.ipynb" } });
        Assert.True(response.IsSuccessStatusCode, $"{response.StatusCode}: {await response.Content.ReadAsStringAsync()}");
        var hint = (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("message").GetProperty("content").GetString();
        Assert.Contains("valeus", hint, StringComparison.Ordinal);

        await EventuallyAsync(async () => await RowOfAsync(owner, name), found => found.GetProperty("questions").GetInt32() == 1);
    }

    [Fact]
    public async Task A_question_on_a_kernels_channel_is_the_tutors_to_answer()
    {
        var token = await _suite.CreateStudentAsync($"Student {Guid.NewGuid():N}");
        await using var kernel = await KernelClient.StartAsync(_suite, "python3", token);
        await kernel.ExecuteAsync("values = [1, 2, 3]\nprint(valeus)");
        Assert.Contains("valeus", await kernel.AskAsync("Why does this fail?"), StringComparison.Ordinal);

        using var student = _suite.Client(token);
        var sessions = (await student.GetFromJsonAsync<JsonElement>("/llm/chat/sessions/")).GetProperty("sessions");
        Assert.Equal("Why does this fail?", Assert.Single(sessions.EnumerateArray()).GetProperty("title").GetString());
    }

    [Fact]
    public async Task A_student_sees_neither_the_class_view_nor_anothers_files()
    {
        using var student = _suite.Client(await _suite.CreateStudentAsync("Bo"));
        using var activity = await student.GetAsync(new Uri("/telemetry/courses/default/activity", UriKind.Relative));
        Assert.Equal(HttpStatusCode.Forbidden, activity.StatusCode);
        using var outside = await student.GetAsync(new Uri("/api/contents/..%2f..%2fetc%2fpasswd", UriKind.Relative));
        Assert.True(outside.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.BadRequest or HttpStatusCode.Forbidden, $"{outside.StatusCode}");
    }

    [Theory]
    [InlineData("/api/kernels/00000000-0000-0000-0000-000000000000", "00000000-0000-0000-0000-000000000000")]
    [InlineData("/api/kernelspecs/cobol", "cobol")]
    [InlineData("/llm/chat/00000000-0000-0000-0000-000000000000/history/", "00000000-0000-0000-0000-000000000000")]
    public async Task What_is_unknown_is_a_404_that_names_it(string path, string named)
    {
        using var client = _suite.Client();
        using var response = await client.GetAsync(new Uri(path, UriKind.Relative));
        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        Assert.Contains(named, await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    private static async Task<JsonElement?> RowOfAsync(HttpClient owner, string name)
    {
        var accounts = await owner.GetFromJsonAsync<JsonElement>("/accounts");
        var learner = accounts.GetProperty("accounts").EnumerateArray().Single(account => account.GetProperty("name").GetString() == name).GetProperty("learner").GetString();
        var activity = await owner.GetFromJsonAsync<JsonElement>("/telemetry/courses/default/activity");
        return activity.GetProperty("learners").EnumerateArray().Cast<JsonElement?>().SingleOrDefault(row => row!.Value.GetProperty("learner").GetString() == learner);
    }

    private static async Task<JsonElement> EventuallyAsync(Func<Task<JsonElement?>> read, Func<JsonElement, bool> condition)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (true)
        {
            if (await read() is { } found && condition(found))
            {
                return found;
            }

            await Task.Delay(100, limit.Token);
        }
    }
}
