namespace Lyceum.ModelHost.Nodes;

/// <summary>Ollama's names of models: case does not matter, and <c>latest</c> is the tag of a name without one.</summary>
internal static class ModelName
{
    private const string DefaultTag = ":latest";

    public static bool Same(string left, string right) => string.Equals(Full(left), Full(right), StringComparison.OrdinalIgnoreCase);

    public static string Full(string name) => name.LastIndexOf(':') > name.LastIndexOf('/') ? name : name + DefaultTag;

    /// <summary>The name without the tag that is meant anyway.</summary>
    public static string Short(string name) =>
        name.EndsWith(DefaultTag, StringComparison.OrdinalIgnoreCase) ? name[..^DefaultTag.Length] : name;
}
