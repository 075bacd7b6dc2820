using System.Numerics.Tensors;
using Lyceum.ChatService.Ollama;
using Lyceum.ChatService.Tutor;
using Lyceum.ServiceDefaults.Identity;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.Options;

namespace Lyceum.ChatService.Objectives;

/// <summary>Which learning objective a question is about.</summary>
/// <param name="Text">The objective, in the instructor's words.</param>
/// <param name="By">How it was found: <c>bm25</c>, or <c>embedding:</c> and the model.</param>
/// <param name="Score">How near it is: the cosine of the embeddings, or BM25's sum; comparable within one way only.</param>
public sealed record ObjectiveMatch(string Text, string By, double Score);

/// <summary>
/// Finds the learning objective of an assignment that a question is nearest to: by embeddings where an operator named a model for
/// them, by words where not, or where that model is away.
/// </summary>
internal sealed partial class ObjectiveFinder(
    IEmbeddingGenerator<string, Embedding<float>> embeddings, IOptions<TutorOptions> options, TimeProvider time, ILogger<ObjectiveFinder> logger) : IDisposable
{
    private const int CachedTexts = 20_000;
    private readonly MemoryCache _known = new(new MemoryCacheOptions { SizeLimit = CachedTexts });

    /// <summary>The nearest objective; null when there is none, or no word in common to find it by.</summary>
    public async Task<ObjectiveMatch?> FindAsync(
        CallerIdentity student, IReadOnlyList<string> objectives, TutorContext context, string question, CancellationToken cancellationToken)
    {
        if (objectives.Count == 0)
        {
            return null;
        }

        var query = context.Error is { } error ? $"{question}\n{error.Name}: {error.Value}" : question;
        if (options.Value.EmbeddingModel is { Length: > 0 } model && await NearestAsync(student, model, objectives, query, cancellationToken) is { } nearest)
        {
            return nearest;
        }

        return Bm25.Best(objectives, query) is var (index, score) ? new ObjectiveMatch(objectives[index], "bm25", Math.Round(score, 3)) : null;
    }

    public void Dispose() => _known.Dispose();

    private async Task<ObjectiveMatch?> NearestAsync(CallerIdentity student, string model, IReadOnlyList<string> objectives, string query, CancellationToken cancellationToken)
    {
        using var late = new CancellationTokenSource(options.Value.EmbeddingTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        try
        {
            string[] unknown = [.. objectives.Where(objective => !_known.TryGetValue((model, objective), out _)).Distinct(StringComparer.Ordinal)];
            var made = await embeddings.GenerateAsync([TokenBudget.Cut(query, options.Value.MaxErrorTokens).Text, .. unknown], new EmbeddingGenerationOptions { ModelId = model }.For(student), either.Token);
            for (var i = 0; i < unknown.Length; i++)
            {
                _known.Set((model, unknown[i]), made[i + 1].Vector, new MemoryCacheEntryOptions { Size = 1 });
            }

            var asked = made[0].Vector;
            var (text, score) = objectives.Select(objective => (objective, Likeness(asked, model, objective))).MaxBy(one => one.Item2);
            return float.IsFinite(score) && score > 0 ? new ObjectiveMatch(text, $"embedding:{model}", Math.Round(score, 3)) : null;
        }
        catch (Exception failure) when (failure is ModelException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            LogWithout(logger, model, failure.GetType().Name);
            return null;
        }
    }

    private float Likeness(ReadOnlyMemory<float> asked, string model, string objective) =>
        _known.TryGetValue<ReadOnlyMemory<float>>((model, objective), out var vector) && vector.Length == asked.Length
            ? TensorPrimitives.CosineSimilarity(asked.Span, vector.Span)
            : float.NegativeInfinity;

    [LoggerMessage(Level = LogLevel.Warning, Message = "The learning objective is looked for by words, the embedding model {Model} did not answer: {Reason}")]
    private static partial void LogWithout(ILogger logger, string model, string reason);
}
