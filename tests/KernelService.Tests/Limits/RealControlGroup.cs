namespace Lyceum.KernelService.Tests.Limits;

/// <summary>A group of the machine's own cgroup v2, where one may be made, with whatever controllers it has there.</summary>
internal sealed class RealControlGroup : IDisposable
{
    private const string Unified = "0::";

    private RealControlGroup(string path)
    {
        Path = path;
        Controllers = File.ReadAllText(System.IO.Path.Combine(path, "cgroup.controllers")).Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries);
    }

    public string Path { get; }

    public IReadOnlyList<string> Controllers { get; }

    /// <summary>Makes one below the group that this process is in; null where there is no cgroup v2, or this may not.</summary>
    public static RealControlGroup? TryMake()
    {
        var mount = File.ReadLines("/proc/self/mounts").Select(line => line.Split(' ')).FirstOrDefault(mount => mount[2] == "cgroup2")?[1];
        var own = File.ReadLines("/proc/self/cgroup").FirstOrDefault(line => line.StartsWith(Unified, StringComparison.Ordinal))?[Unified.Length..];
        if (mount is null || own is null)
        {
            return null;
        }

        var path = $"{mount}{own.TrimEnd('/')}/lyceum-test-{Guid.NewGuid():N}";
        try
        {
            Directory.CreateDirectory(path);
            return new RealControlGroup(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    public void Dispose() => Directory.Delete(Path);
}

/// <summary>A test that needs a real cgroup v2, and says so where there is none.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class RealControlGroupFactAttribute : FactAttribute
{
    public RealControlGroupFactAttribute()
    {
        using var group = RealControlGroup.TryMake();
        Skip = group is null ? "There is no cgroup v2 here in which this account may make a group." : null!;
    }
}
