using YamlDotNet.Serialization;

namespace Lyceum.TelemetryIngest.Tests.Studies;

/// <summary>
/// ProgSnap2's machine-readable specification. It is no part of this repository: it is read from where CI has it, beside the repository,
/// or where <c>test.sh</c> puts it. Where it is absent, its tests are reported as skipped, which <c>test.sh</c> counts as failed.
/// </summary>
internal sealed class ProgSnapSpecification
{
    private static readonly string? File = Find();
    private readonly Dictionary<object, object> _all;

    public ProgSnapSpecification()
    {
        using var reader = new StreamReader(File!);
        _all = new DeserializerBuilder().Build().Deserialize<Dictionary<object, object>>(reader);
    }

    public static string? WhyAbsent => File is null ? "ProgSnap2's specification is missing: ./test.sh fetches it." : null;

    /// <summary>The MainTable's columns with their requirement and datatype, in order.</summary>
    public IReadOnlyList<(string Name, string Requirement, string Datatype)> Columns =>
        [.. Of("main_table", "columns").Select(column => (Text(column, "name"), Text(column, "requirement"), Text(column, "datatype")))];

    /// <summary>By event type, the event-specific columns that it needs and may have.</summary>
    public IReadOnlyDictionary<string, (string[] Required, string[] Optional)> EventTypes =>
        Of("main_table", "event_types").ToDictionary(type => Text(type, "name"), type => (Texts(type, "required_columns"), Texts(type, "optional_columns")));

    /// <summary>The metadata's properties.</summary>
    public IReadOnlyList<string> Properties => [.. Of("metadata", "properties").Select(property => Text(property, "name"))];

    /// <summary>The values of an enumeration; null when the column is none of those that list them.</summary>
    public string[]? ValuesOf(string name) => ((List<object>)_all["enum_types"]).Cast<Dictionary<object, object>>()
        .Where(one => Text(one, "name") == name)
        .Select(one => ((List<object>)one["values"]).Cast<Dictionary<object, object>>().Select(value => Text(value, "name")).ToArray())
        .SingleOrDefault();

    private IEnumerable<Dictionary<object, object>> Of(string table, string list) =>
        ((List<object>)((Dictionary<object, object>)_all[table])[list]).Cast<Dictionary<object, object>>();

    private static string Text(Dictionary<object, object> from, string name) => (string)from[name];

    private static string[] Texts(Dictionary<object, object> from, string name) => from.TryGetValue(name, out var list) ? [.. ((List<object>)list).Cast<string>()] : [];

    private static string? Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (System.IO.File.Exists(Path.Combine(folder.FullName, "aspire.sln")))
            {
                string[] places = [Path.Combine(folder.FullName, "..", "shared", "data"), Path.Combine(folder.FullName, "artifacts")];
                return places.Select(place => Path.Combine(place, "progsnap2-v1.0.yaml")).FirstOrDefault(System.IO.File.Exists);
            }
        }

        return null;
    }
}

/// <summary>A fact about the specification; skipped, visibly, where it is not.</summary>
public sealed class ProgSnapFactAttribute : FactAttribute
{
    public ProgSnapFactAttribute() => Skip = ProgSnapSpecification.WhyAbsent;
}
