using System.Text.Json;

namespace Aspire.Hosting.Publishing;

/// <summary>A manifest that is being written.</summary>
/// <param name="manifestPath">Where it goes.</param>
/// <param name="writer">What writes it.</param>
public sealed class ManifestPublishingContext(string manifestPath, Utf8JsonWriter writer)
{
    /// <summary>Where the manifest goes.</summary>
    public string ManifestPath { get; } = manifestPath;

    /// <summary>What writes the manifest.</summary>
    public Utf8JsonWriter Writer { get; } = writer;
}
