using System.Text.Json;
using System.Text.Json.Serialization;

namespace Lyceum.NotebookAssistant;

/// <summary>The body of <c>run_code</c> and <c>propose_cell</c>.</summary>
/// <param name="Code">The code, in the kernel's language; 1 to 32768 characters.</param>
public sealed record AgentCode(string? Code);

/// <summary>The body of <c>show_variable</c> and <c>show_columns</c>.</summary>
/// <param name="Name">The variable's name.</param>
public sealed record AgentVariable(string? Name);

/// <summary>What code did that the tutor ran.</summary>
/// <param name="Status"><c>ok</c>, <c>error</c>, <c>busy</c> when the kernel had something else to do, or <c>timeout</c>, after which it was interrupted.</param>
/// <param name="Output">What it wrote and showed, as text, cut to 16384 characters.</param>
/// <param name="Cut">Whether there was more.</param>
/// <param name="Error">What it failed with.</param>
public sealed record AgentRun(string Status, string Output, bool Cut, AgentError? Error);

/// <summary>An error of code that the tutor ran.</summary>
/// <param name="Name">Its class.</param>
/// <param name="Value">Its message.</param>
public sealed record AgentError(string Name, string Value);

/// <summary>A variable as the tutor sees it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">Its type's name.</param>
/// <param name="Value">Its value or a description of it, cut; empty if that would take computing.</param>
public sealed record AgentValue(string Name, string Type, string Value);

/// <summary>The columns of a table.</summary>
/// <param name="Name">The variable.</param>
/// <param name="Columns">Each with its first values.</param>
public sealed record AgentColumns(string Name, IReadOnlyList<AgentColumn> Columns);

/// <summary>A column of a table.</summary>
/// <param name="Name">Its header.</param>
/// <param name="Examples">Its first values, five at most.</param>
public sealed record AgentColumn(string Name, IReadOnlyList<JsonElement> Examples);

[JsonSerializable(typeof(AgentCode))]
[JsonSerializable(typeof(AgentVariable))]
[JsonSerializable(typeof(AgentRun))]
[JsonSerializable(typeof(AgentValue))]
[JsonSerializable(typeof(AgentColumns))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
internal sealed partial class AgentJson : JsonSerializerContext;
