using System.Text.Json;
using System.Text.Json.Serialization;
using Lyceum.ModelHost.Nodes;

namespace Lyceum.ModelHost.Library;

/// <summary>A line of progress, as Ollama streams it when it pulls or creates a model.</summary>
public sealed record ProgressLine
{
    /// <summary>The last line of what went well.</summary>
    internal static readonly ProgressLine Success = new() { Status = "success" };

    /// <summary>What is being done.</summary>
    public string? Status { get; init; }

    /// <summary>The layer that is being transferred.</summary>
    public string? Digest { get; init; }

    /// <summary>Its size in bytes; over several nodes, together.</summary>
    public long? Total { get; init; }

    /// <summary>Bytes of it that are there; over several nodes, together.</summary>
    public long? Completed { get; init; }

    /// <summary>Why it failed; then it is the last line.</summary>
    public string? Error { get; init; }

    internal static ProgressLine? Read(ReadOnlySpan<byte> line)
    {
        try
        {
            return JsonSerializer.Deserialize(line, ProgressJson.Default.ProgressLine);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

/// <summary>The field of a request to pull or create that is read here.</summary>
internal sealed record ProgressRequest(bool? Stream);

/// <summary>A line of one node.</summary>
internal sealed record ProgressNews(ModelNode Node, ProgressLine Line);

[JsonSerializable(typeof(ProgressLine))]
[JsonSerializable(typeof(ProgressRequest))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
internal sealed partial class ProgressJson : JsonSerializerContext;

/// <summary>Adds up what several nodes report: a layer's bytes are summed, everything else is said once.</summary>
internal sealed class SharedProgress(int nodes)
{
    // No model has so many layers; a node that invents them is not given more memory.
    private const int MaxLayers = 1024;
    private readonly Dictionary<string, Dictionary<ModelNode, (long Total, long Completed)>> _layers = [];
    private readonly HashSet<string> _said = [];
    private readonly List<string> _errors = [];

    /// <summary>What went wrong, on all nodes where something did; null when nothing did.</summary>
    public string? Error => _errors.Count == 0 ? null : string.Join("; ", _errors.Distinct());

    /// <summary>Takes a line in, and answers the line to show for it, if any.</summary>
    public ProgressLine? Add(ProgressNews news)
    {
        var line = news.Line;
        if (line.Error is { } error)
        {
            _errors.Add(nodes == 1 || error.StartsWith(news.Node.Name, StringComparison.Ordinal) ? error : $"{news.Node.Name}: {error}");
            return null;
        }

        if (line.Digest is not { } digest)
        {
            // The end is said when all nodes have come to it.
            return line.Status is { } status && status != ProgressLine.Success.Status && _said.Count < MaxLayers && _said.Add(status) ? line : null;
        }

        if (!_layers.TryGetValue(digest, out var shares))
        {
            if (_layers.Count == MaxLayers)
            {
                return null;
            }

            shares = _layers[digest] = [];
        }

        var before = shares.GetValueOrDefault(news.Node);
        shares[news.Node] = (line.Total ?? before.Total, line.Completed ?? before.Completed);
        return line with { Total = shares.Values.Sum(share => share.Total), Completed = shares.Values.Sum(share => share.Completed) };
    }
}
