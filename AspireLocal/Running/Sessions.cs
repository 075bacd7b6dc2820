using System.Diagnostics;

namespace Lyceum.AspireLocal.Running;

/// <summary>
/// Starts processes in sessions of their own: Ctrl-C on the terminal then reaches only the AppHost, which stops them in order,
/// and a signal to the session's group reaches what they started as well.
/// </summary>
internal static class Sessions
{
    private static readonly string? SetSid = Find("setsid");

    /// <summary>Whether a started process leads a group whose number is its own.</summary>
    public static bool Available => SetSid is not null;

    public static ProcessStartInfo StartInfo(string command, IEnumerable<string> arguments)
    {
        var info = new ProcessStartInfo(SetSid ?? command)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        if (SetSid is not null)
        {
            info.ArgumentList.Add(command);
        }

        foreach (var argument in arguments)
        {
            info.ArgumentList.Add(argument);
        }

        return info;
    }

    private static string? Find(string program) => OperatingSystem.IsWindows()
        ? null
        : (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries)
            .Select(folder => Path.Combine(folder, program))
            .FirstOrDefault(File.Exists);
}
