extern alias modelhost;
extern alias telemetryingest;

using System.Net;
using System.Net.Http.Json;
using Lyceum.ChatService.Tests.Assignments;
using Lyceum.Testing;

namespace Lyceum.ChatService.Tests.Tutor;

/// <summary>With the real ModelHost, which has no node and so its built-in model, and the real TelemetryIngest.</summary>
[Collection(SharedPostgres.Name)]
public sealed class RealNeighboursTests(PostgresServer postgres)
{
    [Fact]
    public async Task A_cell_that_failed_becomes_a_hint_that_knows_the_error()
    {
        await using var models = await new ServiceUnderTest<modelhost::Program>().StartedAsync();
        await using var telemetry = await new ServiceUnderTest<telemetryingest::Program>(
            [new("ConnectionStrings:telemetrydb", await postgres.CreateDatabaseAsync())]).StartedAsync();
        await using var suite = await ChatSuite.StartAsync(postgres, ("services:modelhost:http:0", Address(models)), ("services:telemetryingest:http:0", Address(telemetry)));
        await ReportFailureAsync(telemetry);
        var student = suite.Student();

        await using var stream = await student.StreamStartAsync("What is wrong with my code?", new { notebook_path = "Task.ipynb" });

        var session = (await stream.NextAsync("session")).GetProperty("session_id").GetString()!;
        var events = await stream.RestAsync();
        Assert.Contains(events, one => one.Name == "delta");
        var answer = events[^1].Data.GetProperty("message");
        Assert.Equal("done", answer.GetProperty("status").GetString());
        Assert.StartsWith("lyceum-hints", answer.GetProperty("model").GetString(), StringComparison.Ordinal);
        Assert.Contains("`totl`", answer.GetProperty("content").GetString(), StringComparison.Ordinal);
        Assert.Contains("`total`", answer.GetProperty("content").GetString(), StringComparison.Ordinal);

        var again = await student.AskAsync(session, "I still do not understand.");
        Assert.Equal(HttpStatusCode.OK, again.Status);
        Assert.NotEqual(answer.GetProperty("content").GetString(), again.Body.GetProperty("response_message").GetProperty("content").GetString());
    }

    [Fact]
    public async Task The_built_in_model_keeps_to_the_hint_level_of_the_policy()
    {
        await using var models = await new ServiceUnderTest<modelhost::Program>().StartedAsync();
        await using var suite = await ChatSuite.StartAsync(postgres, ("services:modelhost:http:0", Address(models)));
        object failing = new { code = "values = [1]\nvalues[1]", language = "python", error = new { name = "IndexError", value = "list index out of range" } };
        await suite.SetPolicyAsync(new { max_hint_level = 1 });

        var low = await AskTwiceAsync();
        await suite.SetPolicyAsync(new { max_hint_level = 4 });
        var high = await AskTwiceAsync();

        Assert.DoesNotContain("```", low, StringComparison.Ordinal);
        Assert.Contains("One concrete step", high, StringComparison.Ordinal);

        async Task<string> AskTwiceAsync()
        {
            await suite.Student().StartAsync("Why does this fail?", failing);
            var second = await suite.Student().StartAsync("Why does this fail?", failing);
            return second.Body.GetProperty("message").GetProperty("content").GetString()!;
        }
    }

    private static string Address<T>(ServiceUnderTest<T> service)
        where T : class
    {
        using var client = service.CreateClient();
        return client.BaseAddress!.ToString();
    }

    /// <summary>What KernelService reports when a cell fails.</summary>
    private static async Task ReportFailureAsync(ServiceUnderTest<telemetryingest::Program> telemetry)
    {
        using var kernels = telemetry.ClientFor(TestIdentity.Service());
        using var response = await kernels.PostAsJsonAsync(new Uri("/telemetry/events", UriKind.Relative), new
        {
            events = new[]
            {
                new
                {
                    id = Guid.CreateVersion7(),
                    time = DateTimeOffset.UtcNow,
                    type = "CellExecute",
                    course = TestIdentity.Student().Course,
                    learner = TestIdentity.Student().Learner,
                    notebook = "Task.ipynb",
                    cell = "a1",
                    detail = new
                    {
                        language = "python",
                        code = "total = 1\nprint(totl)",
                        success = false,
                        duration_ms = 3,
                        error = new { name = "NameError", value = "name 'totl' is not defined", traceback = (string[])["\u001b[0;31mNameError\u001b[0m: name 'totl' is not defined"] },
                    },
                },
            },
        });
        response.EnsureSuccessStatusCode();
    }
}
