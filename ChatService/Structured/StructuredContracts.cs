using System.Text.Json;
using System.Text.Json.Serialization;
using Lyceum.ChatService.JsonSchemas;

namespace Lyceum.ChatService.Structured;

/// <summary>The body of <c>POST /llm/structured</c>.</summary>
/// <param name="Schema">The JSON Schema (draft 2020-12) that the answer is to be valid against.</param>
/// <param name="Messages">What the model is told and asked, oldest first; the last is the user's.</param>
/// <param name="Model">The model to ask; the tutor's unless named.</param>
public sealed record StructuredRequest(JsonElement? Schema, IReadOnlyList<StructuredMessage>? Messages, string? Model);

/// <summary>One message to the model.</summary>
/// <param name="Role"><c>system</c>, <c>user</c> or <c>assistant</c>.</param>
/// <param name="Content">Its text.</param>
public sealed record StructuredMessage(string? Role, string? Content);

[JsonSerializable(typeof(StructuredRequest))]
[JsonSerializable(typeof(IReadOnlyList<ValidationError>))]
[JsonSerializable(typeof(IReadOnlyList<SchemaFault>))]
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
internal sealed partial class StructuredJson : JsonSerializerContext;
