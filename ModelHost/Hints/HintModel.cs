using System.Text.Json.Serialization;
using Lyceum.ModelHost.Nodes;

namespace Lyceum.ModelHost.Hints;

/// <summary>The built-in model as the APIs list and describe it.</summary>
internal static class HintModel
{
    public const string Name = "lyceum-hints";

    /// <summary>When its behaviour last changed on purpose.</summary>
    public static readonly DateTimeOffset ModifiedAt = new(2026, 11, 1, 0, 0, 0, TimeSpan.Zero);

    public static readonly HintModelEntry Entry = new(Name, Name, ModifiedAt, 0, "", Details, ["completion"]);

    public static readonly HintModelShow Show = new(
        $"# {HintTutor.About}", "", "{{ .Prompt }}", Details, new Dictionary<string, string> { ["general.architecture"] = "catalogue", ["general.description"] = HintTutor.About }, ["completion"], ModifiedAt);

    private static HintModelDetails Details => new("", "catalogue", "lyceum-hints", ["lyceum-hints"], "0", "none");

    public static bool Is(string model) => ModelName.Same(model, Name);
}

/// <summary>The entry in <c>/api/tags</c>.</summary>
public sealed record HintModelEntry(string Name, string Model, DateTimeOffset ModifiedAt, long Size, string Digest, HintModelDetails Details, IReadOnlyList<string> Capabilities);

/// <summary>The answer of <c>/api/show</c>.</summary>
public sealed record HintModelShow(
    string Modelfile,
    string Parameters,
    string Template,
    HintModelDetails Details,
    IReadOnlyDictionary<string, string> ModelInfo,
    IReadOnlyList<string> Capabilities,
    DateTimeOffset ModifiedAt);

/// <summary>What Ollama tells of a model's making; here that there is no model.</summary>
public sealed record HintModelDetails(string ParentModel, string Format, string Family, IReadOnlyList<string> Families, string ParameterSize, string QuantizationLevel);

[JsonSerializable(typeof(HintModelEntry))]
[JsonSerializable(typeof(HintModelShow))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
internal sealed partial class HintModelJson : JsonSerializerContext;
