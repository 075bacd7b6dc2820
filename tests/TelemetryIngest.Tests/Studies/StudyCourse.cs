using System.Net.Http.Json;
using System.Text.Json;
using Lyceum.ServiceDefaults.Identity;
using Lyceum.Testing;

namespace Lyceum.TelemetryIngest.Tests.Studies;

/// <summary>A course of a test's own, with a study and learners who did something in it.</summary>
internal sealed class StudyCourse(TelemetryApplication app) : IDisposable
{
    private readonly List<HttpClient> _clients = [];
    private HttpClient? _instructor;

    public string Course { get; } = TelemetryApplication.NewCourse();

    public string Studies => $"/telemetry/courses/{Course}/studies";

    public HttpClient Instructor => _instructor ??= ClientFor(TestIdentity.Instructor(course: Course));

    public HttpClient ClientFor(CallerIdentity caller)
    {
        var client = app.ClientFor(caller);
        _clients.Add(client);
        return client;
    }

    public HttpClient Student(string name) => ClientFor(TestIdentity.Student(name, Course));

    public static Dictionary<string, object?> Draft(params string[] types) => new()
    {
        ["title"] = "How beginners repair errors",
        ["information"] = "What you run and the errors that you meet are analysed.",
        ["from"] = TimeProvider.System.GetUtcNow().AddDays(-1),
        ["to"] = TimeProvider.System.GetUtcNow().AddDays(1),
        ["event_types"] = types.Length > 0 ? types : ["CellExecute"],
        ["k"] = 2,
    };

    public async Task<JsonElement> CreateAsync(Dictionary<string, object?>? draft = null) =>
        await Instructor.PostAsJsonAsync(Studies, draft ?? Draft()).JsonAsync();

    public async Task<JsonElement> ConsentAsync(string name, JsonElement study, bool given = true) =>
        await Student(name).PutAsJsonAsync($"/telemetry/studies/{study.Id()}/consent", new { version = study.GetProperty("version").GetInt32(), given }).JsonAsync();

    /// <summary>Two learners who consent to a new study, after what they have done.</summary>
    public async Task<JsonElement> CreateWithAsync(Dictionary<string, object?> draft, params object[] events)
    {
        var study = await CreateAsync(draft);
        foreach (var name in (string[])["ada", "bo"])
        {
            // The same things, not the same events.
            await Student(name).SendAsync(events.Cast<Dictionary<string, object?>>().Select(one => one.With("id", Guid.CreateVersion7()))).IngestedAsync();
            await ConsentAsync(name, study);
        }

        return study;
    }

    public async Task<JsonElement> ExportAsync(JsonElement study, params string[] names) =>
        await Instructor.PostAsJsonAsync($"{Studies}/{study.Id()}/exports", new { names }).JsonAsync();

    public static string PathOf(JsonElement export, string file) =>
        export.GetProperty("files").EnumerateArray().Single(one => one.GetProperty("name").GetString() == file).GetProperty("path").GetString()!;

    public async Task<byte[]> DownloadAsync(JsonElement export, string file)
    {
        using var response = await Instructor.GetAsync(PathOf(export, file));
        Assert.True(response.IsSuccessStatusCode, $"{(int)response.StatusCode}: {await response.Content.ReadAsStringAsync()}");
        return await response.Content.ReadAsByteArrayAsync();
    }

    public async Task<List<JsonElement>> LinesAsync(JsonElement export) =>
        [.. System.Text.Encoding.UTF8.GetString(await DownloadAsync(export, "events.ndjson")).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonElement.Parse(line))];

    public void Dispose() => _clients.ForEach(client => client.Dispose());
}

internal static class StudyElements
{
    public static Guid Id(this JsonElement element) => element.GetProperty("id").GetGuid();

    public static string Text(this JsonElement element, string name) => element.GetProperty(name).GetString()!;
}
