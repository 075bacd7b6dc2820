namespace Lyceum.ChatService.Prompts;

/// <summary>The names of the prompts that a course may have of its own.</summary>
internal static class PromptName
{
    public const string Tutor = "tutor";
    public const string Ladder = "ladder";
    public const string Expert = "expert";

    /// <summary>Sorts questions.</summary>
    public const string Classifier = "classifier";

    /// <summary>Keeps the notes on a long conversation.</summary>
    public const string Summary = "summary";

    public static readonly IReadOnlyList<string> All = [Tutor, Ladder, Expert, Classifier, Summary];

    /// <summary>The name in a version <c>name@sha256</c>.</summary>
    public static string Of(string version) => version.Split('@', 2)[0];
}
