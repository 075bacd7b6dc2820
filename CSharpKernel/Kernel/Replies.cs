using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Lyceum.CSharpKernel.Formatting;

namespace Lyceum.CSharpKernel.Kernel;

// What the kernel sends, field by field as in "Messaging in Jupyter".

internal sealed record EmptyReply(string Status = "ok");

internal sealed record ErrorReply(string Ename, string Evalue, IReadOnlyList<string> Traceback, string Status = "error");

internal sealed record ExecuteReply(
    string Status,
    int ExecutionCount,
    Dictionary<string, JsonElement>? UserExpressions = null,
    IReadOnlyList<Page>? Payload = null,
    string? Ename = null,
    string? Evalue = null,
    IReadOnlyList<string>? Traceback = null);

internal sealed record ExecuteReplyMetadata(string Started, bool DependenciesMet = true);

internal sealed record ExpressionValue(MimeBundle Data, Dictionary<string, JsonElement> Metadata, string Status = "ok");

internal sealed record StatusContent(string ExecutionState);

internal sealed record ExecuteInput(string Code, int ExecutionCount);

internal sealed record ExecuteResult(int ExecutionCount, MimeBundle Data, Dictionary<string, JsonElement> Metadata);

internal sealed record DisplayData(MimeBundle Data, Dictionary<string, JsonElement> Metadata, DisplayTransient Transient);

internal sealed record DisplayTransient(string DisplayId);

internal sealed record ClearOutput(bool Wait);

internal sealed record Page(MimeBundle Data, int Start = 0, string Source = "page");

internal sealed record StreamContent(string Name, string Text);

internal sealed record ErrorContent(string Ename, string Evalue, IReadOnlyList<string> Traceback);

internal sealed record InputRequest(string Prompt, bool Password);

internal sealed record CompletionType(int Start, int End, string Text, string Type, string Signature);

internal sealed record CompleteMetadata([property: JsonPropertyName("_jupyter_types_experimental")] IReadOnlyList<CompletionType> Types);

internal sealed record CompleteReply(
    IReadOnlyList<string> Matches, int CursorStart, int CursorEnd, CompleteMetadata Metadata, string Status = "ok");

internal sealed record InspectReply(bool Found, MimeBundle Data, Dictionary<string, JsonElement> Metadata, string Status = "ok");

internal sealed record IsCompleteReply(string Status, string? Indent);

internal sealed record HistoryReply(JsonArray History, string Status = "ok");

internal sealed record CommInfoReply(Dictionary<string, JsonElement> Comms, string Status = "ok");

internal sealed record CommClose(string CommId, Dictionary<string, JsonElement> Data);

internal sealed record ShutdownReply(bool Restart, string Status = "ok");

internal sealed record HelpLink(string Text, string Url);

internal sealed record LanguageInfo(
    string Name, string Version, string Mimetype, string FileExtension, string PygmentsLexer, string CodemirrorMode);

internal sealed record KernelInfoReply(
    string ProtocolVersion,
    string Implementation,
    string ImplementationVersion,
    LanguageInfo LanguageInfo,
    string Banner,
    IReadOnlyList<HelpLink> HelpLinks,
    bool Debugger = false,
    string Status = "ok");

[JsonSerializable(typeof(EmptyReply))]
[JsonSerializable(typeof(ErrorReply))]
[JsonSerializable(typeof(ExecuteReply))]
[JsonSerializable(typeof(ExecuteReplyMetadata))]
[JsonSerializable(typeof(ExpressionValue))]
[JsonSerializable(typeof(StatusContent))]
[JsonSerializable(typeof(ExecuteInput))]
[JsonSerializable(typeof(ExecuteResult))]
[JsonSerializable(typeof(DisplayData))]
[JsonSerializable(typeof(ClearOutput))]
[JsonSerializable(typeof(StreamContent))]
[JsonSerializable(typeof(ErrorContent))]
[JsonSerializable(typeof(InputRequest))]
[JsonSerializable(typeof(CompleteReply))]
[JsonSerializable(typeof(InspectReply))]
[JsonSerializable(typeof(IsCompleteReply))]
[JsonSerializable(typeof(HistoryReply))]
[JsonSerializable(typeof(CommInfoReply))]
[JsonSerializable(typeof(CommClose))]
[JsonSerializable(typeof(ShutdownReply))]
[JsonSerializable(typeof(KernelInfoReply))]
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
internal sealed partial class ReplyJson : JsonSerializerContext;
