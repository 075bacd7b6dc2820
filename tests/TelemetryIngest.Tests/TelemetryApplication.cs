using System.Net.Http.Json;
using System.Text.Json;
using Lyceum.ServiceDefaults.Identity;
using Lyceum.Testing;
using Npgsql;

namespace Lyceum.TelemetryIngest.Tests;

/// <summary>TelemetryIngest on a real port with a real database. Tests share it, each in a course of its own.</summary>
public sealed class TelemetryApplication : IAsyncLifetime
{
    private ServiceUnderTest<Program>? _service;
    private NpgsqlDataSource? _data;

    public PostgresServer Postgres { get; } = new();

    public string Database { get; private set; } = "";

    public ServiceUnderTest<Program> Service => _service!;

    public static string NewCourse() => $"course-{Guid.NewGuid():N}";

    /// <summary>Another replica on the same database, or the only one with other settings.</summary>
    public async Task<ServiceUnderTest<Program>> ReplicaAsync(params KeyValuePair<string, string?>[] settings) =>
        await new ServiceUnderTest<Program>([new("ConnectionStrings:telemetrydb", Database), new("Studies:WithoutAccounts", "true"), .. settings]).StartedAsync();

    /// <summary>A replica with a database of its own.</summary>
    public async Task<(ServiceUnderTest<Program> Service, NpgsqlDataSource Data)> AloneAsync(params KeyValuePair<string, string?>[] settings)
    {
        var database = await Postgres.CreateDatabaseAsync();
        var alone = await new ServiceUnderTest<Program>([new("ConnectionStrings:telemetrydb", database), .. settings]).StartedAsync();
        return (alone, NpgsqlDataSource.Create(database));
    }

    public HttpClient ClientFor(CallerIdentity caller) => Service.ClientFor(caller);

    public Task<T> OneAsync<T>(string sql, params object[] parameters) => _data!.OneAsync<T>(sql, parameters);

    public async Task InitializeAsync()
    {
        await Postgres.InitializeAsync();
        Database = await Postgres.CreateDatabaseAsync();
        _data = NpgsqlDataSource.Create(Database);
        _service = await ReplicaAsync();
    }

    public async Task DisposeAsync()
    {
        await Service.DisposeAsync();
        await _data!.DisposeAsync();
        await Postgres.DisposeAsync();
    }
}

internal static class Calls
{
    private static readonly JsonSerializerOptions Deep = new(JsonSerializerDefaults.Web) { MaxDepth = 300 };

    public static readonly Uri Events = new("/telemetry/events", UriKind.Relative);

    public static Task<HttpResponseMessage> SendAsync(this HttpClient client, params IEnumerable<object> events) =>
        client.PostAsJsonAsync(Events, new { events }, Deep);

    public static Task<HttpResponseMessage> SendTextAsync(this HttpClient client, string body, string path = "/telemetry/events") =>
        client.PostAsync(new Uri(path, UriKind.Relative), new StringContent(body, System.Text.Encoding.UTF8, "application/json"));

    public static async Task<HttpResponseMessage> GetAsync(this HttpClient client, string path) =>
        await client.GetAsync(new Uri(path, UriKind.Relative));

    public static async Task<JsonElement> JsonAsync(this HttpResponseMessage response)
    {
        var body = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, $"{(int)response.StatusCode}: {body}");
        return JsonElement.Parse(body);
    }

    public static async Task<JsonElement> JsonAsync(this Task<HttpResponseMessage> request)
    {
        using var response = await request;
        return await response.JsonAsync();
    }

    /// <summary>The same of an answer that holds an event as deep as is taken.</summary>
    public static async Task<JsonElement> DeepJsonAsync(this Task<HttpResponseMessage> request)
    {
        using var response = await request;
        var body = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, $"{(int)response.StatusCode}: {body}");
        return JsonElement.Parse(body, new JsonDocumentOptions { MaxDepth = 300 });
    }

    /// <summary>What a request was answered: accepted, duplicates, and the places of the rejected.</summary>
    public static async Task<(int Accepted, int Duplicates, string Rejected)> IngestedAsync(this Task<HttpResponseMessage> request)
    {
        var result = await request.JsonAsync();
        return (
            result.GetProperty("accepted").GetInt32(),
            result.GetProperty("duplicates").GetInt32(),
            string.Join(' ', result.GetProperty("rejected").EnumerateArray().Select(one => one.GetProperty("index").GetInt32())));
    }

    public static async Task<T> OneAsync<T>(this NpgsqlDataSource _data, string sql, params object[] parameters)
    {
#pragma warning disable CA2100 // The test's own.
        await using var command = _data.CreateCommand(sql);
#pragma warning restore CA2100
        foreach (var value in parameters)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        }

        return (T)(await command.ExecuteScalarAsync())!;
    }

    /// <summary>Waits until it is so, at most so long.</summary>
    public static async Task UntilAsync(Func<Task<bool>> isSo, TimeSpan limit)
    {
        using var late = new CancellationTokenSource(limit);
        while (!await isSo())
        {
            await Task.Delay(20, late.Token);
        }
    }
}
