using Lyceum.ServiceDefaults.Identity;
using Microsoft.Extensions.AI;

namespace Lyceum.ChatService.Ollama;

/// <summary>For whom a model is asked. ModelHost shares its nodes between people, and a turn may outlive its request.</summary>
internal static class ModelCaller
{
    public const string Property = "lyceum.caller";

    public static ChatOptions For(this ChatOptions options, CallerIdentity caller)
    {
        (options.AdditionalProperties ??= [])[Property] = caller;
        return options;
    }

    public static EmbeddingGenerationOptions For(this EmbeddingGenerationOptions options, CallerIdentity caller)
    {
        (options.AdditionalProperties ??= [])[Property] = caller;
        return options;
    }

    /// <summary>The caller; null to let the request that is being served say it.</summary>
    public static CallerIdentity? Caller(this ChatOptions? options) =>
        options?.AdditionalProperties?.TryGetValue(Property, out CallerIdentity? caller) is true ? caller : null;
}
