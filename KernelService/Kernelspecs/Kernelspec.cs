using System.Text.RegularExpressions;

namespace Lyceum.KernelService.Kernelspecs;

/// <summary>A kernelspec that can be started here.</summary>
/// <param name="Name">Its name, in lower case.</param>
/// <param name="Folder">Where its <c>kernel.json</c> is.</param>
/// <param name="Executable">The program, an absolute path.</param>
/// <param name="File">The content of <c>kernel.json</c>.</param>
internal sealed partial record Kernelspec(string Name, string Folder, string Executable, KernelspecFile File)
{
    private const string HistoryOption = "--HistoryManager.hist_file=";

    public bool InterruptsByMessage => string.Equals(File.InterruptMode, "message", StringComparison.Ordinal);

    /// <summary>
    /// IPython writes what is run to one file of the account, where every user's kernel could read it, and no erasure reaches it; so it
    /// is kept in the kernel's memory, unless the kernelspec says where.
    /// </summary>
    private bool SharesHistory =>
        File.Argv.Any(argument => argument is "ipykernel_launcher" or "ipykernel")
        && !File.Argv.Any(argument => argument.StartsWith(HistoryOption, StringComparison.Ordinal));

    public static bool IsName(string name) => NamePattern().IsMatch(name);

    /// <summary>The program's arguments with their placeholders filled in.</summary>
    public IEnumerable<string> Arguments(string connectionFile) =>
        [.. File.Argv.Skip(1).Select(argument => Fill(argument, connectionFile)), .. SharesHistory ? [$"{HistoryOption}:memory:"] : (string[])[]];

    /// <summary>The files that a client may fetch, by the names under which it asks.</summary>
    public IReadOnlyDictionary<string, string> Resources()
    {
        var resources = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var file in Directory.EnumerateFiles(Folder).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal))
        {
            if (file.StartsWith("logo-", StringComparison.Ordinal))
            {
                resources.TryAdd(Path.GetFileNameWithoutExtension(file), file);
            }
            else if (file is "kernel.js" or "kernel.css")
            {
                resources.Add(file, file);
            }
        }

        return resources;
    }

    public KernelspecModel ToModel() => new(Name, File, Resources().ToDictionary(
        resource => resource.Key,
        resource => $"/kernelspecs/{Uri.EscapeDataString(Name)}/{Uri.EscapeDataString(resource.Value)}",
        StringComparer.Ordinal));

    private string Fill(string argument, string connectionFile) => argument
        .Replace("{connection_file}", connectionFile, StringComparison.Ordinal)
        .Replace("{resource_dir}", Folder, StringComparison.Ordinal);

    [GeneratedRegex("^[a-zA-Z0-9._-]{1,128}\\z")]
    private static partial Regex NamePattern();
}
