using System.Text.Json.Serialization;

namespace Lyceum.ChatService.CodeGeneration;

/// <summary>The fields of <c>GET /api/kernelspecs</c> that are read.</summary>
internal sealed record KernelspecList(IReadOnlyDictionary<string, KernelspecEntry>? Kernelspecs);

internal sealed record KernelspecEntry(KernelspecDetail? Spec);

internal sealed record KernelspecDetail(string? Language);

internal sealed record KernelStart(string Name);

internal sealed record StartedKernel(string Id);

internal sealed record KernelRefusal(string? Message);

/// <summary>A message on a kernel's WebSocket, without subprotocol (jupyter_server, "WebSocket protocols"; jupyter_client, "Messaging").</summary>
internal sealed record KernelMessage<TContent>(MessageHeader Header, ParentHeader ParentHeader, Nothing Metadata, TContent Content, string Channel, IReadOnlyList<string> Buffers);

internal sealed record MessageHeader(string MsgId, string MsgType, string Session, string Username, string Date, string Version);

internal sealed record Nothing;

internal sealed record ExecuteRequest(string Code, bool Silent, bool StoreHistory, Nothing UserExpressions, bool AllowStdin, bool StopOnError);

/// <summary>What is read of a message that comes.</summary>
internal sealed record ReceivedMessage(ReceivedHeader? Header, ParentHeader? ParentHeader, ReceivedContent? Content);

internal sealed record ReceivedHeader(string? MsgType);

internal sealed record ParentHeader(string? MsgId);

internal sealed record ReceivedContent(
    string? ExecutionState,
    string? Text,
    string? Status,
    string? Ename,
    string? Evalue,
    IReadOnlyList<string>? Traceback,
    IReadOnlyDictionary<string, System.Text.Json.JsonElement>? Data);

[JsonSerializable(typeof(KernelspecList))]
[JsonSerializable(typeof(KernelStart))]
[JsonSerializable(typeof(StartedKernel))]
[JsonSerializable(typeof(KernelRefusal))]
[JsonSerializable(typeof(KernelMessage<ExecuteRequest>))]
[JsonSerializable(typeof(ReceivedMessage))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
internal sealed partial class KernelMessageJson : JsonSerializerContext;
