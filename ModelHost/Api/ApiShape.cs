namespace Lyceum.ModelHost.Api;

/// <summary>Whose protocol a request speaks, and so whose error shape its answer has.</summary>
internal enum ApiShape
{
    Ollama,
    OpenAi,
}

internal static class ApiShapes
{
    /// <summary>Whether the path is neither Ollama's nor OpenAI's.</summary>
    public static bool IsOwn(PathString path) =>
        path.StartsWithSegments("/nodes", StringComparison.Ordinal) || path.StartsWithSegments("/usage", StringComparison.Ordinal);

    public static ApiShape Of(PathString path) => path.StartsWithSegments("/v1", StringComparison.Ordinal) ? ApiShape.OpenAi : ApiShape.Ollama;
}

/// <summary>An endpoint that runs a model.</summary>
/// <param name="Path">The path, the same here and on a node.</param>
/// <param name="Name">The operation by OpenTelemetry's GenAI conventions.</param>
internal sealed record ModelOperation(string Path, string Name)
{
    public static readonly ModelOperation Chat = new("/api/chat", "chat");
    public static readonly ModelOperation Generate = new("/api/generate", "text_completion");
    public static readonly ModelOperation Show = new("/api/show", "show");
    public static readonly ModelOperation Embed = new("/api/embed", "embeddings");
    public static readonly ModelOperation OldEmbeddings = new("/api/embeddings", "embeddings");
    public static readonly ModelOperation ChatCompletions = new("/v1/chat/completions", "chat");
    public static readonly ModelOperation Completions = new("/v1/completions", "text_completion");
    public static readonly ModelOperation Embeddings = new("/v1/embeddings", "embeddings");
    public static readonly ModelOperation Responses = new("/v1/responses", "chat");

    /// <summary>Whether a model writes text there.</summary>
    public bool Writes => Name is "chat" or "text_completion";

    public ApiShape Shape => ApiShapes.Of(Path);
}
