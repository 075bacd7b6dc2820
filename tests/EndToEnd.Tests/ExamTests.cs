using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace Lyceum.EndToEnd.Tests;

[Collection(nameof(RunningSuite))]
public sealed class ExamTests(RunningSuite running)
{
    private static readonly object[] Messages = [new { role = "user", content = "What is the answer?" }];
    private readonly Suite _suite = running.Suite;

    [Fact]
    public async Task One_switch_closes_the_tutor_the_kernels_assistant_and_the_models_and_opens_them_again()
    {
        using var owner = _suite.Client();
        var token = await _suite.CreateStudentAsync($"Student {Guid.NewGuid():N}");
        using var student = _suite.Client(token);
        await using var kernel = await KernelClient.StartAsync(_suite, "python3", token);
        Assert.Equal(HttpStatusCode.OK, await ChatAsync(student, "/api/chat"));
        await LockAsync(owner, true);
        try
        {
            // The services look every few seconds.
            await UntilAsync(async () => await ChatAsync(student, "/api/chat") == HttpStatusCode.Forbidden);
            Assert.Equal(HttpStatusCode.Forbidden, await ChatAsync(student, "/v1/chat/completions"));
            Assert.Equal(HttpStatusCode.OK, await ChatAsync(owner, "/api/chat"));
            using var generated = await student.PostAsJsonAsync("/codegen/generate", new { language = "python", original_prompt = "The answer." });
            Assert.Equal(HttpStatusCode.Forbidden, generated.StatusCode);
            using var told = await student.PostAsJsonAsync("/llm/chat/", new { initial_message = "What is the answer?" });
            Assert.Contains("exam", (await told.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("message").GetProperty("content").GetString(), StringComparison.Ordinal);
            await UntilAsync(async () => (await kernel.TryAskAsync("What is the answer?")).TryGetProperty("ename", out var name) && name.GetString() == "ExamLockdown");
            Assert.Equal("42\n", (await kernel.ExecuteAsync("print(6 * 7)")).Stdout);
        }
        finally
        {
            await LockAsync(owner, false);
        }

        await UntilAsync(async () => await ChatAsync(student, "/api/chat") == HttpStatusCode.OK);
        await UntilAsync(async () => (await kernel.TryAskAsync("And now?")).GetProperty("status").GetString() == "ok");
    }

    private static async Task LockAsync(HttpClient owner, bool lockdown)
    {
        using var response = await owner.PutAsJsonAsync("/tutor/courses/default/policy", new { lockdown });
        response.EnsureSuccessStatusCode();
    }

    private static async Task<HttpStatusCode> ChatAsync(HttpClient client, string path)
    {
        using var response = await client.PostAsJsonAsync(path, new { model = "lyceum-hints", messages = Messages, stream = false });
        var body = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode || body.Contains("exam", StringComparison.Ordinal), $"{response.StatusCode}: {body}");
        return response.StatusCode;
    }

    private static async Task UntilAsync(Func<Task<bool>> isSo)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (!await isSo())
        {
            await Task.Delay(200, limit.Token);
        }
    }
}
