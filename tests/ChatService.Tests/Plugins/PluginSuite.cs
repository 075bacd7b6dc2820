using System.Net;
using System.Text;
using Lyceum.ChatService.Tests.StandIns;
using Lyceum.ServiceDefaults.Identity;
using Lyceum.Testing;
using Npgsql;

namespace Lyceum.ChatService.Tests.Plugins;

/// <summary>ChatService with an API and a database that its operator allows, and a course whose instructor applies manifests.</summary>
internal sealed class PluginSuite : IAsyncDisposable
{
    private PluginSuite(ChatSuite chat, ApiStandIn api, NpgsqlConnectionStringBuilder database) => (Chat, Api, Database) = (chat, api, database);

    public ChatSuite Chat { get; }

    public ApiStandIn Api { get; }

    /// <summary>A database of somebody else's.</summary>
    public NpgsqlConnectionStringBuilder Database { get; }

    public Tutoring Student => Chat.Student();

    public Tutoring Instructor => Chat.As(TestIdentity.Instructor());

    public static async Task<PluginSuite> StartAsync(PostgresServer postgres, params (string Key, string Value)[] options)
    {
        var api = new ApiStandIn();
        await api.StartAsync();
        var database = new NpgsqlConnectionStringBuilder(await postgres.CreateDatabaseAsync());
        return new PluginSuite(
            await ChatSuite.StartAsync(postgres,
            [
                ("Actions:Hosts:0:Url", api.Address), ("Actions:Hosts:0:AllowPrivate", "true"), ("Actions:Hosts:1:Url", $"http://localhost:{new Uri(api.Address).Port}"),
                ("Plugins:Databases:0:Host", database.Host!), ("Plugins:Databases:0:Port", $"{database.Port}"), ("Plugins:Databases:0:AllowPrivate", "true"),
                ("Plugins:Databases:1:Host", "localhost"), ("Plugins:Databases:1:Port", $"{database.Port}"), .. options,
            ]),
            api,
            database);
    }

    public async Task<Reply> ApplyAsync(string manifest, CallerIdentity? caller = null, string course = "default")
    {
        using var client = Chat.Service.ClientFor(caller ?? TestIdentity.Instructor());
        using var response = await client.PostAsync($"/tutor/courses/{course}/manifests", new StringContent(manifest, Encoding.UTF8, "application/yaml"));
        return await Reply.ReadAsync(response);
    }

    /// <summary>Applies manifests that are in order.</summary>
    public async Task AppliedAsync(params string[] manifests)
    {
        foreach (var manifest in manifests)
        {
            var reply = await ApplyAsync(manifest);
            Assert.True(reply.Status == HttpStatusCode.OK, reply.Body.ToString());
        }
    }

    /// <summary>What the calls for the last answer of a conversation came to, in order.</summary>
    public async Task<(string Name, string Status, string? Result)[]> CallsAsync(string session) =>
    [
        .. (await Chat.CallsAsync(session))
            .Select(call => (call.GetProperty("name").GetString()!, call.GetProperty("status").GetString()!, call.GetProperty("result").GetString())),
    ];

    /// <summary>A plugin with static data.</summary>
    public static string Dates(string directive = "always", string searchTerms = "") => $$"""
        apiVersion: smarter.sh/v1
        kind: Plugin
        metadata:
          name: course_dates
          description: When this course's exams and deadlines are.
          version: 0.1.0
          pluginClass: static
          tags: [dates]
          annotations: []
        spec:
          selector:
            directive: {{directive}}
        {{searchTerms}}
          prompt:
            provider: openai
            model: gpt-4o-mini
            temperature: 0.5
            maxTokens: 2048
            systemRole: |
              Give dates as this course writes them.
          data:
            description: Dates of this term.
            staticData:
              exam: The exam is on 12 February.
              deadlines:
                - sheet: 1
                  due: 3 November
        """;

    public string ApiConnection(string? url = null, string auth = "authMethod: token\n    apiKey: the-courses-token") => $"""
        apiVersion: smarter.sh/v1
        kind: ApiConnection
        metadata:
          name: library_api
          description: The library.
          version: 0.1.0
        spec:
          connection:
            baseUrl: {url ?? Api.Address}/v1
            {auth}
            timeout: 30
            proxyHost: null
        """;

    public static string ApiPlugin(string method = "GET", string name = "find_books", string annotations = "[]", string body = "null") => $$"""
        apiVersion: smarter.sh/v1
        kind: ApiPlugin
        metadata:
          name: {{name}}
          description: Finds books in the library.
          annotations: {{annotations}}
        spec:
          connection: library_api
          selector: {directive: llm}
          prompt: {systemRole: Name the shelf.}
          apiData:
            endpoint: /books/
            method: {{method}}
            headers:
              - name: X-API-Key
                value: 12345
            parameters:
              - name: title
                type: string
                description: A part of the title.
                required: true
              - name: year
                type: integer
                default: 2020
            body: {{body}}
            limit: 2
        """;

    public string SqlConnection(string? host = null, int? port = null) => $"""
        apiVersion: smarter.sh/v1
        kind: SqlConnection
        metadata: {"{name: grades_db, description: The grades.}"}
        spec:
          connection:
            dbEngine: django.db.backends.postgresql
            authenticationMethod: tcpip
            hostname: {host ?? Database.Host}
            port: {port ?? Database.Port}
            database: {Database.Database}
            username: {Database.Username}
            password: {(string.IsNullOrEmpty(Database.Password) ? "unused-secret" : Database.Password)}
            useSsl: false
            sslCa: null
        """;

    public static string SqlPlugin(string query = "SELECT student, points FROM grade WHERE sheet = {sheet} AND student LIKE '{who}' ORDER BY student;", int limit = 10) => $$"""
        apiVersion: smarter.sh/v1
        kind: SqlPlugin
        metadata:
          name: grades
          description: Points per sheet.
        spec:
          connection: grades_db
          selector: {directive: llm}
          prompt: {systemRole: Be kind.}
          sqlData:
            description: One row for each student.
            sqlQuery: |
              {{query}}
            parameters:
              - {name: sheet, type: integer, required: true}
              - {name: who, type: string, default: '%'}
            limit: {{limit}}
            testValues:
              - {name: sheet, value: 1}
        """;

    public async ValueTask DisposeAsync()
    {
        await Chat.DisposeAsync();
        await Api.DisposeAsync();
    }
}
