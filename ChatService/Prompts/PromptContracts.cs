using System.Text.Json.Serialization;

namespace Lyceum.ChatService.Prompts;

/// <summary>The body of <c>POST /tutor/courses/{course}/prompts</c>.</summary>
/// <param name="Text">The whole file: front matter with <c>name</c>, then the instructions; at most 40000 characters.</param>
public sealed record PromptBody(string? Text);

/// <summary>The body of <c>PUT /tutor/courses/{course}/prompts/in-use/{name}</c>.</summary>
/// <param name="Version">A published version; null for the one that comes with the service.</param>
public sealed record PromptInUseBody(string? Version);

/// <summary>A version of a prompt.</summary>
/// <param name="Version">Its name and SHA-256, <c>name@sha256</c>.</param>
/// <param name="Name"><c>tutor</c>, <c>ladder</c>, <c>expert</c>, <c>classifier</c> or <c>summary</c>.</param>
/// <param name="Status"><c>built_in</c>, <c>draft</c> or <c>published</c>.</param>
/// <param name="InUse">Whether the course's turns use it.</param>
/// <param name="Text">The whole file; null in a list.</param>
/// <param name="AuthorName">Who wrote it; null for a built-in one.</param>
/// <param name="CreatedAt">When, UTC; null for a built-in one.</param>
/// <param name="PublishedAt">When it was published, UTC; null before.</param>
/// <param name="Report">How its regression cases went last; null before they ran, and in a list.</param>
public sealed record PromptVersion(
    string Version,
    string Name,
    string Status,
    bool InUse,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Text,
    string? AuthorName,
    DateTimeOffset? CreatedAt,
    DateTimeOffset? PublishedAt,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] PromptReport? Report);

/// <summary>The answer of <c>GET /tutor/courses/{course}/prompts</c>.</summary>
/// <param name="Prompts">The built-in prompts, then the course's, newest first.</param>
public sealed record PromptList(IReadOnlyList<PromptVersion> Prompts);

/// <summary>How a prompt did in its regression cases.</summary>
/// <param name="Passed">Whether it may be published: it leaks nothing, and breaks no rule that the prompt in use keeps.</param>
/// <param name="Model">The model that was asked.</param>
/// <param name="Against">The version that it was compared with.</param>
/// <param name="At">When, UTC.</param>
/// <param name="Cases">Each case.</param>
public sealed record PromptReport(bool Passed, string Model, string Against, DateTimeOffset At, IReadOnlyList<PromptCaseResult> Cases);

/// <summary>How a prompt did in one case.</summary>
/// <param name="Id">The case.</param>
/// <param name="Passed">Whether nothing in it stands against publication.</param>
/// <param name="Answer">What the model wrote, at most 2000 characters.</param>
/// <param name="Broken">The rules that the answer breaks.</param>
/// <param name="BrokenBefore">The rules that the answer with the prompt in use breaks.</param>
public sealed record PromptCaseResult(string Id, bool Passed, string Answer, IReadOnlyList<BrokenRule> Broken, IReadOnlyList<string> BrokenBefore);

/// <summary>A rule that an answer breaks.</summary>
/// <param name="Rule"><c>cause</c>, <c>level</c>, <c>leak</c>, <c>instructions</c>, <c>language</c>, <c>length</c>, <c>asks_back</c>, <c>class</c>, <c>keeps</c> or <c>answered</c>.</param>
/// <param name="Why">How.</param>
public sealed record BrokenRule(string Rule, string Why);

/// <summary>A question and what an answer to it must and must not be.</summary>
/// <param name="Id">1 to 60 lower-case letters, digits or <c>-</c>.</param>
/// <param name="Question">The student's words.</param>
/// <param name="Language">The language of the code.</param>
/// <param name="Code">The student's code.</param>
/// <param name="Error">The error that it ended with.</param>
/// <param name="Assignment">What is to be done.</param>
/// <param name="Solution">A solution that the answer must not come near.</param>
/// <param name="Level">The hint level, 1 to 4; 2 unless given.</param>
/// <param name="ShowCode">Whether code may be shown; true unless given.</param>
/// <param name="Expect">What the answer is judged by.</param>
public sealed record PromptCase(
    string? Id,
    string? Question,
    string? Language,
    string? Code,
    PromptCaseError? Error,
    string? Assignment,
    string? Solution,
    int? Level,
    bool? ShowCode,
    Expectations? Expect)
{
    /// <summary>Which prompt it tries: <c>classifier</c> (by its <c>question</c>) or <c>summary</c> (by its <c>conversation</c>); null for those that a student's question goes to.</summary>
    public string? Prompt { get; init; }

    /// <summary>For <c>summary</c>: what was said, 1 to 50 messages.</summary>
    public IReadOnlyList<PromptCaseMessage?>? Conversation { get; init; }

    /// <summary>For <c>summary</c>: the notes so far; null for none.</summary>
    public string? Notes { get; init; }
}

/// <summary>A message of a conversation that is to be summarised.</summary>
/// <param name="FromStudent">Whether the student wrote it, and not the tutor.</param>
/// <param name="Text">Its words.</param>
public sealed record PromptCaseMessage(bool FromStudent, string? Text);

/// <summary>An error as Jupyter has it.</summary>
/// <param name="Name">Its class.</param>
/// <param name="Value">Its message.</param>
/// <param name="Traceback">Its traceback's lines.</param>
public sealed record PromptCaseError(string? Name, string? Value, IReadOnlyList<string>? Traceback);

/// <summary>What an answer is judged by; what is left out is not judged. Texts are compared without regard to case and spaces.</summary>
/// <param name="Cause">One of these must stand in it: it names what is wrong.</param>
/// <param name="TooSoon">None of these may, at this hint level.</param>
/// <param name="Forbidden">None of these may at all.</param>
/// <param name="AnswerLanguage">The language that it must be in: <c>en</c>, <c>de</c>, <c>fr</c> or <c>es</c>.</param>
/// <param name="MaxWords">How many words it may have; 250 unless given.</param>
/// <param name="AsksBack">Whether it must ask something back; true unless given.</param>
public sealed record Expectations(
    IReadOnlyList<string>? Cause, IReadOnlyList<string>? TooSoon, IReadOnlyList<string>? Forbidden, string? AnswerLanguage, int? MaxWords, bool? AsksBack)
{
    /// <summary>Of a <c>classifier</c>: the class that it must name.</summary>
    public string? Class { get; init; }

    /// <summary>Of a <c>summary</c>: all of these must stand in it.</summary>
    public IReadOnlyList<string>? Keeps { get; init; }
}

/// <summary>The answer of <c>GET /tutor/courses/{course}/prompt-cases</c>.</summary>
/// <param name="Cases">The built-in cases, then the course's own.</param>
public sealed record PromptCaseList(IReadOnlyList<PromptCase> Cases);
