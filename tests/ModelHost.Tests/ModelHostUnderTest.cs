using System.Net.Http.Json;
using System.Text.Json;
using Lyceum.ServiceDefaults.Identity;
using Lyceum.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace Lyceum.ModelHost.Tests;

/// <summary>ModelHost on a real port, with a student as the caller.</summary>
public sealed class ModelHostUnderTest : IAsyncLifetime, IAsyncDisposable
{
    private ServiceUnderTest<Program>? _service;

    public ModelHostUnderTest()
        : this([])
    {
    }

    private ModelHostUnderTest(KeyValuePair<string, string?>[] settings) => Settings = settings;

    public HttpClient Client { get; private set; } = null!;

    /// <summary>A client without identity.</summary>
    public HttpClient Stranger => _service!.CreateClient();

    /// <summary>The same client each time, for requests that bring their own identity.</summary>
    public HttpClient Anonymous { get; private set; } = null!;

    private KeyValuePair<string, string?>[] Settings { get; }

    private Action<IServiceCollection>? Outside { get; init; }

    public static Task<ModelHostUnderTest> WithAsync(params (string Key, string? Value)[] settings) => WithAsync(null, settings);

    public static async Task<ModelHostUnderTest> WithAsync(Action<IServiceCollection>? outside, params (string Key, string? Value)[] settings)
    {
        var host = new ModelHostUnderTest([.. settings.Select(setting => KeyValuePair.Create(setting.Key, setting.Value))]) { Outside = outside };
        await host.InitializeAsync();
        return host;
    }

    public static Task<ModelHostUnderTest> WithNodesAsync(params Uri[] nodes) =>
        WithAsync([.. nodes.Select((node, i) => ($"Nodes:{i}", (string?)node.ToString()))]);

    public async Task InitializeAsync()
    {
        _service = await new ServiceUnderTest<Program>(Settings)
        {
            Outside = services =>
            {
                services.AddSingleton<TimeProvider>(new DayClock());
                Outside?.Invoke(services);
            },
        }.StartedAsync();
        Client = _service.ClientFor(TestIdentity.Student());
        Anonymous = _service.CreateClient();
    }

    public async Task DisposeAsync()
    {
        Client?.Dispose();
        Anonymous?.Dispose();
        if (_service is not null)
        {
            await _service.DisposeAsync();
        }
    }

    async ValueTask IAsyncDisposable.DisposeAsync() => await DisposeAsync();

    /// <summary>An address at which nobody listens.</summary>
    public static Uri NobodyThere() => new($"http://127.0.0.1:{LoopbackPort.Unused()}");

    public Task<HttpResponseMessage> PostAsync(string path, object body) => Client.PostAsJsonAsync(path, body);

    /// <summary>Sends a request of another caller's.</summary>
    public async Task<HttpResponseMessage> SendAsAsync(CallerIdentity caller, HttpMethod method, string path, object? body = null)
    {
        using var request = new HttpRequestMessage(method, path) { Content = body is null ? null : JsonContent.Create(body) };
        request.Headers.Add(IdentityHeader.Name, TestIdentity.Token(caller));
        return await Anonymous.SendAsync(request);
    }

    public async Task<JsonElement> GetAsync(string path) => await Client.GetFromJsonAsync<JsonElement>(path);
}

/// <summary>The system's clock, an hour slow where a test could otherwise run into the next day, in which everything is counted anew.</summary>
internal sealed class DayClock : TimeProvider
{
    private static readonly TimeSpan Slow = System.GetUtcNow().Hour == 23 ? TimeSpan.FromHours(1) : TimeSpan.Zero;

    public override DateTimeOffset GetUtcNow() => System.GetUtcNow() - Slow;
}

internal static class Answers
{
    public static async Task<JsonElement> JsonAsync(this HttpResponseMessage response) =>
        JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement;

    /// <summary>The objects of an NDJSON stream.</summary>
    public static async Task<IReadOnlyList<JsonElement>> LinesAsync(this HttpResponseMessage response)
    {
        var text = await response.Content.ReadAsStringAsync();
        Assert.EndsWith("\n", text, StringComparison.Ordinal);
        return [.. text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement)];
    }

    /// <summary>The data of a stream of server-sent events.</summary>
    public static async Task<IReadOnlyList<string>> EventsAsync(this HttpResponseMessage response)
    {
        var text = await response.Content.ReadAsStringAsync();
        Assert.EndsWith("\n\n", text, StringComparison.Ordinal);
        return [.. text.Split("\n\n", StringSplitOptions.RemoveEmptyEntries).Select(lines => lines.Trim('\n')["data: ".Length..])];
    }

    public static string Text(this IEnumerable<JsonElement> chunks) =>
        string.Concat(chunks.Select(chunk => chunk.GetProperty("message").GetProperty("content").GetString()));

    public static string Error(this JsonElement answer) => answer.GetProperty("error").ValueKind == JsonValueKind.String
        ? answer.GetProperty("error").GetString()!
        : answer.GetProperty("error").GetProperty("message").GetString()!;

    public static string Model(this HttpResponseMessage response) => Assert.Single(response.Headers.GetValues("X-Lyceum-Model"));
}
