using System.Text.Json.Serialization;

namespace Lyceum.CSharpKernel.Kernel;

// What clients send, field by field as in "Messaging in Jupyter"; a field that is left out has the default given there.

internal sealed record ExecuteRequest(
    string Code,
    bool Silent = false,
    bool? StoreHistory = null,
    Dictionary<string, string>? UserExpressions = null,
    bool AllowStdin = true,
    bool StopOnError = true);

internal sealed record CompleteRequest(string Code, int CursorPos);

internal sealed record InspectRequest(string Code, int CursorPos, int DetailLevel = 0);

internal sealed record IsCompleteRequest(string Code);

internal sealed record HistoryRequest(
    string HistAccessType, bool Output = false, int Session = 0, int Start = 0, int? Stop = null, int? N = null, string? Pattern = null, bool Unique = false);

internal sealed record ShutdownRequest(bool Restart = false);

internal sealed record CommOpen(string CommId);

internal sealed record InputReply(string Value);

[JsonSerializable(typeof(ExecuteRequest))]
[JsonSerializable(typeof(CompleteRequest))]
[JsonSerializable(typeof(InspectRequest))]
[JsonSerializable(typeof(IsCompleteRequest))]
[JsonSerializable(typeof(HistoryRequest))]
[JsonSerializable(typeof(ShutdownRequest))]
[JsonSerializable(typeof(CommOpen))]
[JsonSerializable(typeof(InputReply))]
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    RespectRequiredConstructorParameters = true,
    RespectNullableAnnotations = true)]
internal sealed partial class RequestJson : JsonSerializerContext;
