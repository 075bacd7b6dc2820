namespace Lyceum.ChatService.CodeGeneration;

/// <summary>A programming language that code is generated in.</summary>
/// <param name="Name">Its name.</param>
/// <param name="KernelNames">What kernelspecs call it.</param>
/// <param name="TestStyle">How tests are written that run after the code and fail with an error.</param>
internal sealed record CodeLanguage(string Name, IReadOnlyList<string> KernelNames, string TestStyle)
{
    private const string Throws = "plain statements that throw an error with a message when a result is wrong";

    public static readonly IReadOnlyList<CodeLanguage> All =
    [
        new("Python", ["python", "python3"], "plain assert statements with a message"),
        new("R", ["R"], "stopifnot() calls"),
        new("C#", ["C#", "csharp"], "plain statements that throw an Exception with a message when a result is wrong"),
        new("JavaScript", ["javascript", "js"], Throws),
        new("TypeScript", ["typescript", "ts"], Throws),
        new("SQL", ["sql"], "queries that fail when a result is wrong"),
        new("Java", ["java"], Throws),
        new("Rust", ["rust"], "assert! and assert_eq! calls"),
    ];

    /// <summary>The language of that name, in any case; null for one that is not known.</summary>
    public static CodeLanguage? Find(string? name) => All.FirstOrDefault(language =>
        language.Name.Equals(name, StringComparison.OrdinalIgnoreCase) || language.KernelNames.Contains(name, StringComparer.OrdinalIgnoreCase));

    public bool IsOf(string kernelLanguage) => KernelNames.Contains(kernelLanguage, StringComparer.OrdinalIgnoreCase);
}
