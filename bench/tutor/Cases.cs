using System.Reflection;
using System.Text.Json;
using Lyceum.ChatService;
using Lyceum.ChatService.Prompts;

namespace Lyceum.TutorBench;

/// <summary>A case, and the language of its code.</summary>
internal sealed record Case(string Language, PromptCase Asked);

/// <summary>The cases of this folder.</summary>
internal static class Cases
{
    public static IReadOnlyList<Case> All { get; } = [.. Load("python"), .. Load("r"), .. Load("csharp")];

    private static IEnumerable<Case> Load(string language)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream($"cases/{language}")!;
        return JsonSerializer.Deserialize(stream, ChatJson.Default.IReadOnlyListPromptCase)!.Select(one => new Case(language, one));
    }
}
