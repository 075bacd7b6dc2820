namespace Lyceum.ChatService.Tools;

/// <summary>
/// Which tools an instructor lets the tutor use: keys such as <c>kernel/run_code</c>, or their beginnings followed by <c>*</c>.
/// </summary>
internal static class ToolPolicy
{
    private const int MaxEntries = 50;
    private const int MaxLength = 200;

    /// <summary>Where nobody said otherwise: what instructors added to the course, and nothing that they did not.</summary>
    public static readonly IReadOnlyList<string> Default = ["plugin/*"];

    public static bool Allows(IReadOnlyList<string>? policy, string key) => (policy ?? Default).Any(entry =>
        entry.EndsWith('*') ? key.StartsWith(entry[..^1], StringComparison.Ordinal) : entry == key);

    /// <summary>Whether it may allow a tool whose key begins so.</summary>
    public static bool MayAllow(IReadOnlyList<string>? policy, string prefix) => (policy ?? Default).Any(entry =>
        entry.StartsWith(prefix, StringComparison.Ordinal) || (entry.EndsWith('*') && prefix.StartsWith(entry[..^1], StringComparison.Ordinal)));

    /// <summary>What is wrong with a policy; null for nothing.</summary>
    public static string? Complaint(IReadOnlyList<string?>? policy) =>
        policy is null || (policy.Count <= MaxEntries && policy.All(IsEntry))
            ? null
            : $"It must be at most {MaxEntries} names of tools, such as 'plugin/library', 'kernel/*' or '*'.";

    private static bool IsEntry(string? entry) =>
        entry is { Length: > 0 and <= MaxLength } && entry.All(c => c is > ' ' and < '\x7f') && entry.IndexOf('*', StringComparison.Ordinal) is var star && (star < 0 || star == entry.Length - 1);
}
