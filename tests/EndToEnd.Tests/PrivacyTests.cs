using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Npgsql;
using static Microsoft.Playwright.Assertions;

namespace Lyceum.EndToEnd.Tests;

[Collection(nameof(RunningSuite))]
public sealed class PrivacyTests(RunningSuite running, Browser browser) : IClassFixture<Browser>
{
    private readonly Suite _suite = running.Suite;

    [Fact]
    public async Task A_learner_consents_to_a_study_in_the_page_and_is_erased_from_every_table_of_every_database()
    {
        using var owner = _suite.Client();
        var study = await StudyAsync(owner);
        var name = $"Eve {Guid.NewGuid():N}";
        var token = await _suite.CreateStudentAsync(name);
        var account = (await owner.GetFromJsonAsync<JsonElement>("/accounts")).GetProperty("accounts").EnumerateArray().Single(one => one.GetProperty("name").GetString() == name);
        var (id, learner) = (account.GetProperty("id").GetString()!, account.GetProperty("learner").GetString()!);

        var page = await browser.OpenAsync(_suite, token);
        await Expect(page.Locator(".avatar.asked")).ToBeVisibleAsync();
        await page.GetByTestId("user-menu").ClickAsync();
        await page.GetByTestId("privacy").ClickAsync();
        var panel = page.GetByTestId("study").Filter(new() { HasText = "Repairing errors" });
        await panel.GetByTestId("study-consent").ClickAsync();
        await Expect(panel.GetByTestId("study-state")).ToContainTextAsync("You have consented");
        await Expect(page.Locator(".avatar.asked")).Not.ToBeVisibleAsync();

        using var student = _suite.Client(token);
        var now = TimeProvider.System.GetUtcNow();
        using (var sent = await student.PostAsJsonAsync("/telemetry/events", new { events = new[] { new { time = now, type = "NotebookSaveEvent", notebook = "erased.ipynb" } } }))
        {
            Assert.Equal(HttpStatusCode.OK, sent.StatusCode);
        }

        using (var asked = await student.PostAsJsonAsync("/llm/chat/", new { initial_message = "What is a loop?" }))
        {
            Assert.True(asked.IsSuccessStatusCode, await asked.Content.ReadAsStringAsync());
        }

        Assert.Contains("What is a loop?", await student.GetStringAsync(new Uri("/tutor/me/data", UriKind.Relative)), StringComparison.Ordinal);
        Assert.Contains("erased.ipynb", await student.GetStringAsync(new Uri("/telemetry/learners/me/data", UriKind.Relative)), StringComparison.Ordinal);
        var report = await owner.GetFromJsonAsync<JsonElement>($"{study}/anonymity");
        Assert.Equal((1, 1), (report.GetProperty("consenting").GetInt32(), report.GetProperty("suppressed").GetInt32()));

        page.Dialog += (_, dialog) => dialog.AcceptAsync();
        await page.GetByTestId("erase-me").ClickAsync();
        await Expect(page.GetByTestId("erasure-state")).ToContainTextAsync("/erasures/");
        var path = (await page.GetByTestId("erasure-state").TextContentAsync())!.Split(' ')[^1];
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        JsonElement proof;
        while ((proof = await student.GetFromJsonAsync<JsonElement>(path, limit.Token)).GetProperty("done_at").ValueKind == JsonValueKind.Null)
        {
            await Task.Delay(100, limit.Token);
        }

        Assert.True(proof.GetProperty("is_intact").GetBoolean());
        Assert.Equal(["chatservice", "telemetryingest"], proof.GetProperty("removed").EnumerateObject().Select(one => one.Name).Order());
        // The account stays.
        Assert.Equal(["gatewaydb.accounts"], await TablesWithAsync(id));
        Assert.Empty(await TablesWithAsync(learner));
    }

    private static async Task<string> StudyAsync(HttpClient owner)
    {
        using var created = await owner.PostAsJsonAsync("/telemetry/courses/default/studies", new
        {
            title = "Repairing errors",
            information = "What you run is analysed.",
            from = TimeProvider.System.GetUtcNow().AddDays(-1),
            to = TimeProvider.System.GetUtcNow().AddDays(1),
            event_types = new[] { "NotebookSaveEvent" },
            k = 2,
        });
        Assert.Equal(HttpStatusCode.Created, created.StatusCode);
        return created.Headers.Location!.ToString();
    }

    /// <summary>The tables of all databases of which any row says the text anywhere.</summary>
    private async Task<List<string>> TablesWithAsync(string text)
    {
        List<string> found = [];
        foreach (var (database, connection) in Databases())
        {
            await using var data = NpgsqlDataSource.Create(connection);
            List<string> tables = [];
            await using (var list = data.CreateCommand("SELECT oid::regclass::text FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"))
            await using (var rows = await list.ExecuteReaderAsync())
            {
                while (await rows.ReadAsync())
                {
                    tables.Add(rows.GetString(0));
                }
            }

            Assert.NotEmpty(tables);
            foreach (var table in tables)
            {
#pragma warning disable CA2100 // PostgreSQL's own names.
                await using var look = data.CreateCommand($"SELECT EXISTS (SELECT FROM {table} AS row WHERE row::text LIKE '%' || $1 || '%')");
#pragma warning restore CA2100
                look.Parameters.Add(new() { Value = text });
                if ((bool)(await look.ExecuteScalarAsync())!)
                {
                    found.Add($"{database}.{table}");
                }
            }
        }

        return found;
    }

    /// <summary>The suite's databases, as AppHost tells its services.</summary>
    private Dictionary<string, string> Databases()
    {
        const string Variable = "ConnectionStrings__";
        return _suite.Processes().Keys
            .SelectMany(process => File.Exists($"/proc/{process}/environ") ? File.ReadAllText($"/proc/{process}/environ").Split('\0') : [])
            .Where(variable => variable.StartsWith(Variable, StringComparison.Ordinal) && variable.Contains("Database=", StringComparison.Ordinal))
            .Select(variable => variable[Variable.Length..].Split('=', 2))
            .DistinctBy(pair => pair[0])
            .ToDictionary(pair => pair[0], pair => pair[1]);
    }
}
