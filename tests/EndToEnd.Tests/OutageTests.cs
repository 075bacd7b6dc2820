using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace Lyceum.EndToEnd.Tests;

public sealed class OutageTests
{
    [Fact]
    public async Task PostgreSQL_killed_under_load_costs_503s_but_nothing_that_was_acknowledged()
    {
        await using var suite = await Suite.StartAsync();
        using var client = suite.Client();
        var learner = await LearnerAsync(client);
        var acknowledged = new List<Guid>();
        var refused = 0;
        var after = 0;
        var killed = false;
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(120));
        while (after < 20)
        {
            if (acknowledged.Count == 50 && !killed)
            {
                killed = true;
                await KillPostgresAsync(suite);
            }

            var id = Guid.CreateVersion7();
            using var response = await client.PostAsJsonAsync(
                "/telemetry/events", new { events = new[] { new { id, time = TimeProvider.System.GetUtcNow(), type = "NotebookSaveEvent", notebook = "outage.ipynb" } } }, limit.Token);
            if (response.IsSuccessStatusCode)
            {
                acknowledged.Add(id);
                after += refused > 0 ? 1 : 0;
            }
            else
            {
                Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
                refused++;
                await Task.Delay(50, limit.Token);
            }
        }

        Assert.Equal(acknowledged.Order(), (await StoredAsync(client, learner)).Order());
    }

    private static async Task KillPostgresAsync(Suite suite)
    {
        var postmaster = suite.Processes().First(process => process.Value.Contains("bin/postgres ", StringComparison.Ordinal) && process.Value.Contains("-D", StringComparison.Ordinal));
        await Suite.SignalAsync("-QUIT", postmaster.Key);
    }

    private static async Task<string> LearnerAsync(HttpClient client)
    {
        var accounts = await client.GetFromJsonAsync<JsonElement>("/accounts");
        return accounts.GetProperty("accounts").EnumerateArray().Single(account => account.GetProperty("id").GetString() == "owner").GetProperty("learner").GetString()!;
    }

    private static async Task<List<Guid>> StoredAsync(HttpClient client, string learner)
    {
        var page = await client.GetFromJsonAsync<JsonElement>($"/telemetry/courses/default/learners/{learner}/events?limit=200");
        return [.. page.GetProperty("events").EnumerateArray().Select(stored => stored.GetProperty("id").GetGuid())];
    }
}
