using System.Net.Http.Json;
using System.Text.Json;
using Lyceum.ChatService.CodeGeneration;
using Lyceum.ServiceDefaults.Identity;
using Lyceum.Testing;

namespace Lyceum.ChatService.Tests.CodeGeneration;

/// <summary>The variables of a student's own kernel beside a question.</summary>
public sealed class VariableTests(KernelSuite suite) : IClassFixture<KernelSuite>
{
    [Fact]
    public async Task The_tutor_is_shown_what_is_in_scope_in_the_students_kernel_and_in_nobody_elses()
    {
        var sam = TestIdentity.Student("variables");
        using var client = suite.ClientFor(sam);
        using var made = await client.PostAsJsonAsync("/api/kernels", new { name = "python3" });
        var kernel = (await made.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetString()!;
        await RunAsync(client, sam, kernel, "marks = [1, 2]\nname = 'Ada'");
        await using var patient = await suite.StartChatAsync(("Tutor:KernelTimeout", "00:00:10"));
        await using var hasty = await suite.StartChatAsync(("Tutor:KernelTimeout", "00:00:02"));

        var reply = await patient.As(sam).StartAsync("Why?", new { kernel_id = kernel });
        Assert.StartsWith("# Variables\n```\nmarks: list = [1, 2]\nname: str = 'Ada'\n```", patient.Model.Last.Question, StringComparison.Ordinal);
        var source = reply.Body.GetProperty("message").GetProperty("sources").EnumerateArray().Single();
        Assert.Equal(("variables", "kernel"), (source.GetProperty("kind").GetString(), source.GetProperty("from").GetString()));

        foreach (var id in (string[])[kernel, "no-such-kernel", "../../x"])
        {
            await hasty.As(TestIdentity.Student("eve")).StartAsync("Why?", new { kernel_id = id });
            Assert.Equal("# Question\nWhy?", hasty.Model.Last.Question);
        }

        using var ended = await client.DeleteAsync(new Uri($"/api/kernels/{kernel}", UriKind.Relative));
    }

    private static async Task RunAsync(HttpClient client, CallerIdentity caller, string kernel, string code)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        using KernelConnection connection = new();
        var channels = new UriBuilder(client.BaseAddress!) { Scheme = "ws", Path = $"/api/kernels/{kernel}/channels" }.Uri;
        await connection.ConnectAsync(channels, IdentityHeader.Name, TestIdentity.Token(caller), limit.Token);
        var id = await connection.ExecuteAsync(code, DateTimeOffset.UtcNow, limit.Token);
        while (await connection.ReceiveAsync(limit.Token) is { } message && (message.ParentHeader?.MsgId != id || message.Header?.MsgType != "execute_reply"))
        {
        }
    }
}
