using System.Net;
using Lyceum.Testing;

namespace Lyceum.ChatService.Tests.Plugins;

[Collection(SharedPostgres.Name)]
public sealed class ManifestTests(PostgresServer postgres)
{
    private const string Path = "/tutor/courses/default/manifests";

    [Fact]
    public async Task Instructors_apply_list_describe_and_delete_the_manifests_of_their_course()
    {
        await using var suite = await PluginSuite.StartAsync(postgres);
        await suite.AppliedAsync(suite.ApiConnection(), PluginSuite.ApiPlugin(), PluginSuite.Dates());

        var listed = (await suite.Instructor.GetAsync(Path)).Body.GetProperty("manifests").EnumerateArray();
        Assert.Equal(
            [("ApiConnection", "library_api", null), ("ApiPlugin", "find_books", "plugin/find_books"), ("Plugin", "course_dates", "plugin/course_dates")],
            listed.Select(one => (one.GetProperty("kind").GetString()!, one.GetProperty("name").GetString()!, one.GetProperty("tool").GetString())));
        var described = (await suite.Instructor.GetAsync($"{Path}/Plugin/course_dates")).Body.GetProperty("manifest");
        Assert.Equal("3 November", described.GetProperty("spec").GetProperty("data").GetProperty("staticData").GetProperty("deadlines")[0].GetProperty("due").GetString());
        Assert.Equal(1, described.GetProperty("spec").GetProperty("data").GetProperty("staticData").GetProperty("deadlines")[0].GetProperty("sheet").GetInt32());

        var other = suite.Chat.As(TestIdentity.Instructor("otto", "other"));
        Assert.Equal(HttpStatusCode.Forbidden, (await other.GetAsync(Path)).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await suite.Student.GetAsync(Path)).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await suite.ApplyAsync(PluginSuite.Dates(), TestIdentity.Student())).Status);
        Assert.Empty((await other.GetAsync("/tutor/courses/other/manifests")).Body.GetProperty("manifests").EnumerateArray());

        Assert.Equal(HttpStatusCode.Conflict, (await suite.Instructor.SendAsync(HttpMethod.Delete, $"{Path}/ApiConnection/library_api")).Status);
        Assert.Equal(HttpStatusCode.NoContent, (await suite.Instructor.SendAsync(HttpMethod.Delete, $"{Path}/ApiPlugin/find_books")).Status);
        Assert.Equal(HttpStatusCode.NoContent, (await suite.Instructor.SendAsync(HttpMethod.Delete, $"{Path}/ApiConnection/library_api")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await suite.Instructor.GetAsync($"{Path}/ApiConnection/library_api")).Status);
    }

    [Fact]
    public async Task A_manifest_may_be_JSON_and_replaces_the_one_of_its_name()
    {
        await using var suite = await PluginSuite.StartAsync(postgres, ("Plugins:MaxManifests", "1"));
        await suite.AppliedAsync(PluginSuite.Dates());
        const string json = """
            {"apiVersion": "smarter.sh/v1", "kind": "Plugin", "metadata": {"name": "course_dates", "description": "New."},
             "spec": {"selector": {"directive": "llm"}, "prompt": {"systemRole": "a"}, "data": {"staticData": {"x": 1}}}}
            """;

        Assert.Equal(HttpStatusCode.OK, (await suite.ApplyAsync(json)).Status);

        Assert.Equal("New.", (await suite.Instructor.GetAsync(Path)).Body.GetProperty("manifests")[0].GetProperty("description").GetString());
        Assert.Equal(HttpStatusCode.Conflict, (await suite.ApplyAsync(json.Replace("course_dates", "second", StringComparison.Ordinal))).Status);
    }

    [Fact]
    public async Task The_examples_of_the_documentation_apply()
    {
        await using var suite = await PluginSuite.StartAsync(
            postgres, ("Actions:Hosts:2:Url", "https://library.example.org"), ("Plugins:Databases:2:Host", "db.example.org"), ("Plugins:Databases:2:Port", "5432"));
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(System.IO.Path.Combine(folder!.FullName, "aspire.sln")))
        {
            folder = folder.Parent;
        }

        var page = await File.ReadAllTextAsync(System.IO.Path.Combine(folder.FullName, "docs", "plugins.md"));
        var examples = page.ReplaceLineEndings("\n").Split("```yaml\n").Skip(1).Select(part => part.Split("\n```")[0]).ToArray();

        Assert.Equal(5, examples.Length);
        await suite.AppliedAsync(examples);
        var tools = (await suite.Instructor.GetAsync("/tutor/courses/default/tools")).Body.GetProperty("tools").EnumerateArray();
        Assert.Equal(["find_books", "course_dates", "sheet_statistics"], tools.Select(tool => tool.GetProperty("name").GetString()));
    }

    [Fact]
    public async Task A_wrong_manifest_names_the_field()
    {
        await using var suite = await PluginSuite.StartAsync(postgres);
        await suite.AppliedAsync(suite.ApiConnection(), suite.SqlConnection());
        var dates = PluginSuite.Dates();
        (string Manifest, string Field)[] wrong =
        [
            ("", "manifest"),
            ("just words", "manifest"),
            ("a: [1, 2", "manifest"),
            ("{\"a\": ", "manifest"),
            ("a: &x [1]\nb: *x", "manifest"),
            ("a: !!python/object x", "manifest"),
            ("a: 1\na: 2", "manifest"),
            (string.Concat(Enumerable.Repeat("[", 100)), "manifest"),
            (dates + "\n---\na: 1", "manifest"),
            (dates.Replace("kind: Plugin", "kind: Chatbot", StringComparison.Ordinal), "kind"),
            (dates.Replace("smarter.sh/v1", "smarter.sh/v9", StringComparison.Ordinal), "apiVersion"),
            (dates.Replace("name: course_dates", "name: course dates", StringComparison.Ordinal), "metadata.name"),
            (PluginSuite.Dates("sometimes"), "spec.selector.directive"),
            (PluginSuite.Dates("search_terms"), "spec.selector"),
            (PluginSuite.Dates("always", "    searchTerms: [exam]"), "spec.selector.searchTerms"),
            (dates.Replace("staticData", "staticDatum", StringComparison.Ordinal), "spec.data.staticDatum"),
            (suite.ApiConnection("https://example.org"), "spec.connection.baseUrl"),
            (suite.ApiConnection("http://169.254.169.254"), "spec.connection.baseUrl"),
            (suite.ApiConnection("http://modelhost"), "spec.connection.baseUrl"),
            (suite.ApiConnection(auth: "authMethod: token"), "spec.connection.apiKey"),
            (suite.ApiConnection().Replace("proxyHost: null", "proxyHost: proxy.example.org", StringComparison.Ordinal), "spec.connection.proxyHost"),
            (suite.SqlConnection("db.example.org"), "spec.connection.hostname"),
            (suite.SqlConnection(port: 22), "spec.connection.hostname"),
            (PluginSuite.ApiPlugin().Replace("library_api", "none", StringComparison.Ordinal), "spec.connection"),
            (PluginSuite.ApiPlugin("BREW"), "spec.apiData.method"),
            (PluginSuite.ApiPlugin(body: "[{name: a, type: string}]"), "spec.apiData.body"),
            (PluginSuite.ApiPlugin().Replace("X-API-Key", "Host", StringComparison.Ordinal), "spec.apiData.headers"),
            (PluginSuite.ApiPlugin().Replace("X-API-Key", "X-Lyceum-Identity", StringComparison.Ordinal), "spec.apiData.headers"),
            (PluginSuite.ApiPlugin().Replace("/books/", "//evil.example/?", StringComparison.Ordinal), "spec.apiData.endpoint"),
            (PluginSuite.ApiPlugin().Replace("name: year", "name: title", StringComparison.Ordinal), "spec.apiData.parameters"),
            (PluginSuite.ApiPlugin().Replace("X-API-Key", "Last-Modified", StringComparison.Ordinal), "spec.apiData.headers"),
            (PluginSuite.ApiPlugin().Replace("    parameters:", "      - name: x-api-key\n        value: second\n    parameters:", StringComparison.Ordinal), "spec.apiData.headers"),
            ("""{"apiVersion": "smarter.sh/v1", "kind": "Plugin", "kind": "Plugin"}""", "manifest"),
            (PluginSuite.SqlPlugin("SELECT {nobody}"), "spec.sqlData.sqlQuery"),
            (PluginSuite.SqlPlugin("SELECT 1 AS a) AS lyceum_row UNION ALL SELECT repeat('x', 300000000) FROM (SELECT 1"), "spec.sqlData.sqlQuery"),
            (PluginSuite.SqlPlugin("SELECT * FROM (SELECT 1) a) AS b; DELETE FROM grade; SELECT * FROM (SELECT 1"), "spec.sqlData.sqlQuery"),
            (PluginSuite.SqlPlugin("SELECT E'\\'' AS a) AS b, (SELECT '' AS c"), "spec.sqlData.sqlQuery"),
            (PluginSuite.SqlPlugin("SELECT $q$'$q$, 1) AS b, (SELECT 'x'"), "spec.sqlData.sqlQuery"),
            (PluginSuite.SqlPlugin("SELECT 'a {who} b'"), "spec.sqlData.sqlQuery"),
        ];

        foreach (var (manifest, field) in wrong)
        {
            var reply = await suite.ApplyAsync(manifest);
            Assert.True(reply.Status == HttpStatusCode.UnprocessableEntity, $"{field}: {reply.Status}");
            Assert.True(reply.Body.GetProperty("errors").TryGetProperty(field, out _), $"{field}: {reply.Body}");
        }

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, (await suite.ApplyAsync(new string('#', 100_000))).Status);
    }

    [Fact]
    public async Task Secrets_are_sealed_hidden_and_kept_for_their_address()
    {
        await using var suite = await PluginSuite.StartAsync(postgres);
        await suite.AppliedAsync(suite.ApiConnection(), PluginSuite.ApiPlugin());
        var described = (await suite.Instructor.GetAsync($"{Path}/ApiConnection/library_api")).Body.GetProperty("manifest").GetRawText();
        Assert.DoesNotContain("the-courses-token", described, StringComparison.Ordinal);
        Assert.Contains("********", described, StringComparison.Ordinal);
        Assert.DoesNotContain("12345", (await suite.Instructor.GetAsync($"{Path}/ApiPlugin/find_books")).Body.GetRawText(), StringComparison.Ordinal);
        await using (var connection = new Npgsql.NpgsqlConnection(suite.Chat.Settings["ConnectionStrings:chatdb"]))
        {
            await connection.OpenAsync();
            await using var command = new Npgsql.NpgsqlCommand("SELECT string_agg(manifest::text || encode(secrets, 'escape'), ' ') FROM manifest", connection);
            Assert.DoesNotContain("the-courses-token", (string)(await command.ExecuteScalarAsync())!, StringComparison.Ordinal);
        }

        // What was described can be applied again as it is, but not with another address.
        Assert.Equal(HttpStatusCode.OK, (await suite.ApplyAsync(described)).Status);
        var elsewhere = described.Replace("http://127.0.0.1", "http://localhost", StringComparison.Ordinal);
        Assert.True((await suite.ApplyAsync(elsewhere)).Body.GetProperty("errors").TryGetProperty("spec.connection.apiKey", out _));

        // Nor does another address get what plugins send to this one.
        Assert.Equal(HttpStatusCode.Conflict, (await suite.ApplyAsync(suite.ApiConnection(suite.Api.Address.Replace("127.0.0.1", "localhost", StringComparison.Ordinal)))).Status);

        suite.Chat.Model.Answer = StandIns.ModelHostStandIn.InTurn(StandIns.ModelHostStandIn.Calls("", ("find_books", new { title = "a" })), StandIns.ModelHostStandIn.Says("Found."));
        await suite.Student.StartAsync("Books?");
        Assert.Equal("Bearer the-courses-token", Assert.Single(suite.Api.Called).Headers["Authorization"]);
    }
}
