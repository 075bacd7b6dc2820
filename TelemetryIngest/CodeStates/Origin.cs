using System.Text.Json.Serialization;

namespace Lyceum.TelemetryIngest.CodeStates;

/// <summary>How code came to be in a cell.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<CodeSource>))]
public enum CodeSource
{
    /// <summary>It was there before the learner's first observed change.</summary>
    [JsonStringEnumMemberName("existing")]
    Existing,

    /// <summary>The learner typed it, or had it completed.</summary>
    [JsonStringEnumMemberName("typed")]
    Typed,

    /// <summary>The learner pasted or dropped it.</summary>
    [JsonStringEnumMemberName("pasted")]
    Pasted,

    /// <summary>It came from an answer of the tutor: inserted as a cell, or copied there and pasted.</summary>
    [JsonStringEnumMemberName("tutor")]
    Tutor,

    /// <summary>It was there at some time, and no event says how it came.</summary>
    [JsonStringEnumMemberName("unknown")]
    Unknown,
}

/// <summary>Where code came from.</summary>
/// <param name="Source">How it came.</param>
/// <param name="Turn">Of <see cref="CodeSource.Tutor"/>, the answer's id, if known.</param>
internal readonly record struct Origin(CodeSource Source, string? Turn = null)
{
    public static readonly Origin Existing = new(CodeSource.Existing);

    public static readonly Origin Typed = new(CodeSource.Typed);

    public static readonly Origin Pasted = new(CodeSource.Pasted);

    public static readonly Origin Unknown = new(CodeSource.Unknown);
}

/// <summary>A stretch of code of one origin.</summary>
/// <param name="Length">UTF-16 units.</param>
/// <param name="Origin">Where it came from.</param>
internal readonly record struct Span(int Length, Origin Origin);

/// <summary>A piece of code of one origin.</summary>
/// <param name="Text">The code.</param>
/// <param name="Source">How it came.</param>
/// <param name="Turn">Of code from the tutor, the answer's id; null when unknown, and for all other code.</param>
public sealed record TracedCode(
    string Text, CodeSource Source, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Turn)
{
    [JsonIgnore]
    internal Origin Origin => new(Source, Turn);
}
