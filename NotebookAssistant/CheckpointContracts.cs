using System.Text.Json.Serialization;

namespace Lyceum.NotebookAssistant;

/// <summary><c>rollback_request</c>.</summary>
/// <param name="CheckpointIndex">The checkpoint, as the reply to <c>add_checkpoint_request</c> named it.</param>
internal sealed record RollbackRequest(int? CheckpointIndex);

/// <summary>The content of an <c>execute_request</c> that runs nothing and evaluates expressions, without a trace.</summary>
internal sealed record SilentExpression(
    IReadOnlyDictionary<string, string> UserExpressions, string Code = "", bool Silent = true, bool StoreHistory = false, bool AllowStdin = false, bool StopOnError = false);

[JsonSerializable(typeof(int))]
[JsonSerializable(typeof(RollbackRequest))]
[JsonSerializable(typeof(SilentExpression))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
internal sealed partial class CheckpointJson : JsonSerializerContext;
