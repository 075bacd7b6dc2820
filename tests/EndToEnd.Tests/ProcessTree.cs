namespace Lyceum.EndToEnd.Tests;

/// <summary>Which processes belong to a suite, read from <c>/proc</c>.</summary>
internal static class ProcessTree
{
    /// <summary>Descendants of a process, and whatever names or works in a folder.</summary>
    public static IReadOnlyDictionary<int, string> Of(int root, string folder)
    {
        var all = Directory.GetDirectories("/proc")
            .Select(path => int.TryParse(Path.GetFileName(path), out var id) ? id : 0)
            .Where(id => id > 0 && id != Environment.ProcessId)
            .Select(Read)
            .OfType<Entry>()
            .ToList();
        var found = all.Where(entry => entry.Parent == root || entry.Belongs(folder)).ToDictionary(entry => entry.Id, entry => entry.Command);
        int before;
        do
        {
            before = found.Count;
            foreach (var child in all.Where(entry => found.ContainsKey(entry.Parent)))
            {
                found.TryAdd(child.Id, child.Command);
            }
        }
        while (found.Count > before);

        found.Remove(root);
        return found;
    }

    public static bool Lives(int id) => Read(id) is { State: not 'Z' };

    private static Entry? Read(int id)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{id}/stat");
            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            var command = File.ReadAllText($"/proc/{id}/cmdline").Replace('\0', ' ');
            var directory = new FileInfo($"/proc/{id}/cwd").LinkTarget ?? "";
            return new Entry(id, int.Parse(fields[1], System.Globalization.CultureInfo.InvariantCulture), fields[0][0], command, directory);
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private sealed record Entry(int Id, int Parent, char State, string Command, string Directory)
    {
        public bool Belongs(string folder) => State != 'Z'
            && (Command.Contains(folder, StringComparison.Ordinal) || Directory.StartsWith(folder, StringComparison.Ordinal));
    }
}
