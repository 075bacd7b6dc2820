namespace Lyceum.ProxyKernel.SubKernels;

/// <summary>Where Jupyter keeps kernelspecs (jupyter_core, <c>paths.py</c>).</summary>
internal static class JupyterFolders
{
    /// <summary>This user's.</summary>
    public static string User
    {
        get
        {
            var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
            return Variable("JUPYTER_DATA_DIR")
                ?? (OperatingSystem.IsMacOS() ? Path.Combine(home, "Library", "Jupyter") : Path.Combine(Variable("XDG_DATA_HOME") ?? Path.Combine(home, ".local", "share"), "jupyter"));
        }
    }

    /// <summary>All that are searched, the first first.</summary>
    /// <param name="own">The folder that this program's own kernelspec is in: a Jupyter in an environment of its own has the others there, too.</param>
    public static IEnumerable<string> All(string? own) =>
    [
        .. (Variable("JUPYTER_PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries),
        .. own is null ? (string[])[] : [own],
        User,
        .. ((string?[])[Variable("VIRTUAL_ENV"), Variable("CONDA_PREFIX")]).OfType<string>().Select(prefix => Path.Combine(prefix, "share", "jupyter")),
        "/usr/local/share/jupyter",
        "/usr/share/jupyter",
    ];

    private static string? Variable(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;
}
