using System.Text.Json;

namespace Lyceum.ChatService.Tests.JsonSchemas;

/// <summary>
/// The public JSON-Schema-Test-Suite. It is no part of this repository: it is read from where CI has it, beside the repository, or where
/// <c>test.sh</c> puts it. Where it is absent, its tests are reported as skipped, which <c>test.sh</c> counts as failed.
/// </summary>
internal static class JsonSchemaSuite
{
    private static readonly string? Folder = Find();

    public static string? WhyAbsent => Folder is null ? "The JSON-Schema-Test-Suite is missing: ./test.sh fetches it." : null;

    /// <summary>The groups of a file: a schema, and values with whether they are valid.</summary>
    public static IEnumerable<JsonElement> Groups(string file) =>
        JsonElement.Parse(File.ReadAllText(Path.Combine(Folder!, "tests", "draft2020-12", $"{file}.json"))).EnumerateArray();

    private static string? Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "aspire.sln")))
            {
                string[] places = [Path.Combine(folder.FullName, "..", "shared", "data"), Path.Combine(folder.FullName, "artifacts")];
                return places.Select(place => Path.Combine(place, "json-schema-test-suite")).FirstOrDefault(place => Directory.Exists(Path.Combine(place, "tests")));
            }
        }

        return null;
    }
}

/// <summary>A theory on the suite's files; skipped, visibly, where the suite is not.</summary>
public sealed class SuiteTheoryAttribute : TheoryAttribute
{
    public SuiteTheoryAttribute() => Skip = JsonSchemaSuite.WhyAbsent;
}
