namespace Lyceum.KernelService.Kernelspecs;

/// <summary>Finds the program that a kernelspec names, as a shell would, with two exceptions that Jupyter's own launcher makes.</summary>
internal static class Executables
{
    public static string? Find(string program, string resourceFolder, string? pythonPrefix)
    {
        program = program.Replace("{resource_dir}", resourceFolder, StringComparison.Ordinal);
        if (Path.IsPathRooted(program))
        {
            return File.Exists(program) ? program : null;
        }

        // "python" in a spec that was installed into a Python means that Python, whatever the path says.
        if (program is "python" or "python3" && pythonPrefix is not null && IsBelow(resourceFolder, pythonPrefix))
        {
            var own = Path.Combine(pythonPrefix, "bin", program);
            if (File.Exists(own))
            {
                return own;
            }
        }

        return program == "dotnet" ? Dotnet() ?? OnPath(program) : OnPath(program);
    }

    public static string? OnPath(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Where(Path.IsPathRooted)
            .SelectMany(folder => OperatingSystem.IsWindows() ? new[] { program, program + ".exe" }.Select(name => Path.Combine(folder, name)) : [Path.Combine(folder, program)])
            .FirstOrDefault(File.Exists);

    private static bool IsBelow(string folder, string parent) =>
        folder.StartsWith(parent.TrimEnd(Path.DirectorySeparatorChar) + Path.DirectorySeparatorChar, StringComparison.Ordinal);

    /// <summary>The host that runs this service, so that a machine whose path lacks it can still start the bundled kernel.</summary>
    private static string? Dotnet()
    {
        var name = OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet";
        string?[] candidates =
        [
            Environment.ProcessPath is { } own && Path.GetFileName(own) == name ? own : null,
            Environment.GetEnvironmentVariable("DOTNET_HOST_PATH"),
            Environment.GetEnvironmentVariable("DOTNET_ROOT") is { Length: > 0 } root ? Path.Combine(root, name) : null,
        ];
        return candidates.FirstOrDefault(File.Exists);
    }
}
