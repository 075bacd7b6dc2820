using System.Text.Json;
using System.Text.Json.Serialization;

namespace Lyceum.ChatService.CodeGeneration;

/// <summary>The body of <c>POST /codegen/generate</c>.</summary>
/// <param name="ModelName">The model to ask; the tutor's unless named.</param>
/// <param name="Language">The programming language.</param>
/// <param name="OriginalPrompt">What the code is to do.</param>
/// <param name="SessionId">The session that the code becomes the next version of; a new one unless given.</param>
public sealed record GenerateCode(string? ModelName, string? Language, string? OriginalPrompt, Guid? SessionId);

/// <summary>The body of <c>POST /codegen/adjust</c>.</summary>
/// <param name="ModelName">The model to ask; the tutor's unless named.</param>
/// <param name="Language">The programming language.</param>
/// <param name="OriginalPrompt">What the code is to do.</param>
/// <param name="ReferenceCode">The code as it is.</param>
/// <param name="FeedbackPrompt">What is to be different.</param>
/// <param name="SessionId">The session that the code becomes the next version of; a new one unless given.</param>
public sealed record AdjustCode(string? ModelName, string? Language, string? OriginalPrompt, string? ReferenceCode, string? FeedbackPrompt, Guid? SessionId);

/// <summary>Code that a model wrote.</summary>
/// <param name="CodeOut">The code alone.</param>
/// <param name="SessionId">The session that keeps it.</param>
/// <param name="Version">Its version there.</param>
/// <param name="Model">The model that wrote it.</param>
/// <param name="Note">That it was not run; how to test it, or that there is no kernel for its language.</param>
public sealed record GeneratedCode(string CodeOut, Guid SessionId, int Version, string Model, string Note);

/// <summary>A piece of code that somebody works on with a model.</summary>
/// <param name="SessionId">Its id, a UUIDv7.</param>
/// <param name="Title">The beginning of the first prompt, until it is renamed.</param>
/// <param name="Language">The programming language.</param>
/// <param name="CreatedAt">When it was begun, UTC.</param>
/// <param name="UpdatedAt">When its last version was added, UTC.</param>
public sealed record CodeSession(Guid SessionId, string Title, string Language, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt);

/// <summary>One version.</summary>
/// <param name="Version">Its number, from 1.</param>
/// <param name="Code">The code.</param>
/// <param name="Prompt">What was asked for.</param>
/// <param name="Feedback">What was to be different; null for what was written anew.</param>
/// <param name="Model">The model that wrote it.</param>
/// <param name="CreatedAt">When, UTC.</param>
/// <param name="Tests">The tests that it last ran with.</param>
/// <param name="Outcome"><c>passed</c>, <c>failed</c>, <c>timed_out</c>, <c>too_much_output</c> or <c>kernel_died</c>; null when it was never run.</param>
/// <param name="Output">What it put out then.</param>
/// <param name="TestedAt">When that was, UTC.</param>
public sealed record Snippet(
    int Version,
    string Code,
    string Prompt,
    string? Feedback,
    string Model,
    DateTimeOffset CreatedAt,
    string? Tests = null,
    string? Outcome = null,
    string? Output = null,
    DateTimeOffset? TestedAt = null);

/// <summary>The answer of <c>GET /codegen/sessions</c>.</summary>
/// <param name="Sessions">The caller's, the last changed first.</param>
public sealed record CodeSessionList(IReadOnlyList<CodeSession> Sessions);

/// <summary>The answer of <c>GET /codegen/sessions/{id}</c>.</summary>
/// <param name="Session">The session.</param>
/// <param name="Snippets">Its versions, the first first.</param>
public sealed record CodeSessionContent(CodeSession Session, IReadOnlyList<Snippet> Snippets);

/// <summary>The body of <c>PATCH /codegen/sessions/{id}</c>.</summary>
/// <param name="Title">The new title.</param>
public sealed record RenameSession(string? Title);

/// <summary>The answer of <c>GET /codegen/sessions/{id}/compare</c>.</summary>
/// <param name="From">One version.</param>
/// <param name="To">The other.</param>
/// <param name="Lines">Both, line by line.</param>
public sealed record Comparison(int From, int To, IReadOnlyList<ComparedLine> Lines);

/// <summary>A line of one version or of both.</summary>
/// <param name="Change"><c>same</c>, <c>removed</c> or <c>added</c>.</param>
/// <param name="Text">The line.</param>
public sealed record ComparedLine(string Change, string Text);

/// <summary>The body of <c>POST /codegen/sessions/{id}/snippets/{version}/test</c>.</summary>
/// <param name="Tests">Code that runs after the snippet and fails when it is wrong; generated unless given.</param>
/// <param name="Repairs">How often a model is shown the failure and writes the next version; 0 unless given.</param>
/// <param name="ModelName">The model for tests and repairs; the snippet's unless named.</param>
public sealed record TestSnippet(string? Tests, int? Repairs, string? ModelName);

/// <summary>What testing came to.</summary>
/// <param name="Ran">Whether there was a kernel to run it in.</param>
/// <param name="Passed">Whether the last version ran and passed.</param>
/// <param name="Note">Why it was not run, or why no further version was tried.</param>
/// <param name="Tests">The tests.</param>
/// <param name="Runs">Each version that was run, in order.</param>
public sealed record TestReport(bool Ran, bool Passed, string? Note, string? Tests, IReadOnlyList<SnippetRun> Runs);

/// <summary>One run of one version.</summary>
/// <param name="Version">Which.</param>
/// <param name="Outcome">As <see cref="Snippet.Outcome"/>.</param>
/// <param name="Output">What it put out, an error with its traceback included, cut to a limit.</param>
/// <param name="Error">The error's name and value.</param>
/// <param name="DurationMs">Milliseconds in the kernel.</param>
public sealed record SnippetRun(int Version, string Outcome, string Output, string? Error, long DurationMs);

[JsonSerializable(typeof(GenerateCode))]
[JsonSerializable(typeof(AdjustCode))]
[JsonSerializable(typeof(GeneratedCode))]
[JsonSerializable(typeof(CodeSessionList))]
[JsonSerializable(typeof(CodeSessionContent))]
[JsonSerializable(typeof(RenameSession))]
[JsonSerializable(typeof(Comparison))]
[JsonSerializable(typeof(TestSnippet))]
[JsonSerializable(typeof(TestReport))]
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
internal sealed partial class CodeJson : JsonSerializerContext;
