namespace Lyceum.ChatService.Tests;

/// <summary>Reads the form in which questions reach a model.</summary>
internal static class Questions
{
    private const string Heading = "# Question\n";

    public static string WordsOf(string message) => message[(message.LastIndexOf(Heading, StringComparison.Ordinal) + Heading.Length)..];
}
