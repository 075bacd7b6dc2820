using System.Diagnostics;

namespace Lyceum.Testing;

/// <summary>The account of programs that are not to run as root: nobody's when the tests run as root, else their own.</summary>
internal static class UnprivilegedAccount
{
    // Nobody's, on Debian.
    private const string Id = "65534";

    /// <summary>Gives the account a folder and what is in it.</summary>
    public static async Task GiveAsync(string folder)
    {
        if (Environment.IsPrivilegedProcess)
        {
            using var chown = Process.Start("chown", ["-R", $"{Id}:{Id}", folder]);
            await chown.WaitForExitAsync();
        }
    }

    /// <summary>Has a program start under the account.</summary>
    public static void Take(ProcessStartInfo start)
    {
        if (Environment.IsPrivilegedProcess)
        {
            foreach (var argument in (string[])[start.FileName, "--clear-groups", $"--regid={Id}", $"--reuid={Id}"])
            {
                start.ArgumentList.Insert(0, argument);
            }

            start.FileName = "setpriv";
        }
    }
}
