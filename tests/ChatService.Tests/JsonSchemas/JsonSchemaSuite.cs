using System.Text.Json;

namespace Lyceum.ChatService.Tests.JsonSchemas;

/// <summary>
/// The public JSON-Schema-Test-Suite. It is no part of this repository: it is read from <c>../shared/data/json-schema-test-suite</c>,
/// relative to the repository's root, where CI has it. Where it is absent, its tests are reported as skipped, with this as the reason.
/// </summary>
internal static class JsonSchemaSuite
{
    private static readonly string? Folder = Find();

    public static string? WhyAbsent => Folder is null ? "The JSON-Schema-Test-Suite is not at ../shared/data/json-schema-test-suite beside the repository." : null;

    /// <summary>The groups of a file: a schema, and values with whether they are valid.</summary>
    public static IEnumerable<JsonElement> Groups(string file) =>
        JsonElement.Parse(File.ReadAllText(Path.Combine(Folder!, "tests", "draft2020-12", $"{file}.json"))).EnumerateArray();

    private static string? Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "aspire.sln")))
            {
                var suite = Path.GetFullPath(Path.Combine(folder.FullName, "..", "shared", "data", "json-schema-test-suite"));
                return Directory.Exists(suite) ? suite : null;
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
