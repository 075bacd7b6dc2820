using System.Globalization;
using System.Text.RegularExpressions;

namespace Lyceum.ModelHost.Hints;

/// <summary>A turn of a conversation.</summary>
/// <param name="Role"><c>system</c>, <c>user</c>, <c>assistant</c> or another.</param>
/// <param name="Content">Its text.</param>
internal sealed record HintMessage(string Role, string Content);

/// <summary>What the last question is about, in the light of those before it.</summary>
/// <param name="Prompt">The last question.</param>
/// <param name="Kind">What is wanted.</param>
/// <param name="Error">The error that it is about, or null when it is about none.</param>
/// <param name="Code">The code that belongs to it.</param>
/// <param name="Language">The language, where it can be told.</param>
/// <param name="Level">How concrete the hint may be: what the instructions say, else how often this error has been asked about.</param>
/// <param name="First">Whether nothing was answered before.</param>
internal sealed partial record HintConversation(TutorPrompt Prompt, QuestionKind Kind, StudentError? Error, string Code, Language? Language, int Level, bool First)
{
    private const int MaxTurns = 50;

    /// <summary>Reads the messages; of the instructions in a system message, only the hint level says something to a catalogue.</summary>
    public static HintConversation Read(IReadOnlyList<HintMessage> messages)
    {
        Dictionary<string, int> levels = [];
        StudentError? error = null;
        var code = "";
        Language? language = null;
        var prompt = new TutorPrompt(null, "", "", "");
        var kind = QuestionKind.Other;
        var about = false;
        foreach (var message in messages.Where(message => message.Role == "user").TakeLast(MaxTurns))
        {
            prompt = TutorPrompt.Read(message.Content);
            kind = QuestionKinds.Of(prompt.Question);
            language = prompt.Language ?? language;
            code = prompt.Code.Length > 0 ? prompt.Code : code;
            var found = StudentError.Read(prompt.Error, language ?? Languages.Guess(code));
            about = IsAbout(kind, prompt.Question, found, error);
            error = found ?? error;
            if (about)
            {
                levels[error!.Key] = levels.GetValueOrDefault(error.Key) + 1;
            }
        }

        language ??= error?.Language ?? Languages.Guess(code);
        return new HintConversation(prompt, kind, about ? error : null, code, error?.Language ?? language, about ? Allowed(messages) ?? levels[error!.Key] : 1, !messages.Any(message => message.Role == "assistant"));
    }

    /// <summary>Whether a question is about the error at hand: ChatService sends the last error along with every question.</summary>
    private static bool IsAbout(QuestionKind kind, string question, StudentError? found, StudentError? before) => kind switch
    {
        QuestionKind.Identity => false,
        QuestionKind.HowTo or QuestionKind.Explain => found is not null && QuestionKinds.PointsTo(question, found),
        QuestionKind.FollowUp or QuestionKind.Solution => (found ?? before) is not null,
        QuestionKind.Debug => (found ?? before) is not null,
        _ => found is not null,
    };

    /// <summary>The level that ChatService's instructions name.</summary>
    private static int? Allowed(IReadOnlyList<HintMessage> messages) =>
        messages.Where(message => message.Role == "system").Select(message => HintLevel.Match(message.Content)).FirstOrDefault(match => match.Success) is { } match
            ? int.Parse(match.Groups["level"].ValueSpan, CultureInfo.InvariantCulture)
            : null;

    [GeneratedRegex(@"^- Hint level: (?<level>[1-4])\b", RegexOptions.Multiline | RegexOptions.CultureInvariant)]
    private static partial Regex HintLevel { get; }
}
