using System.Globalization;

namespace Lyceum.KernelService.Accounts;

/// <summary>The operating system's account under which a user's kernels run. It needs no entry anywhere.</summary>
/// <param name="Id">Its number, which is that of its group, too.</param>
/// <param name="Name">What programs that ask are told; the name of the user's workspace.</param>
internal sealed record UserAccount(int Id, string Name)
{
    // What the kernel makes is nobody else's, wherever it makes it; and its folder is entered with its own rights.
    private const string Enter = "umask 077 && cd \"$1\" && shift && exec \"$@\"";

    /// <summary>The command in front of which a program starts under this account and in that folder, with no way back (util-linux's setpriv).</summary>
    public IEnumerable<string> Command(string setpriv, string folder)
    {
        var id = Id.ToString(CultureInfo.InvariantCulture);
        return [setpriv, $"--reuid={id}", $"--regid={id}", "--clear-groups", "--no-new-privs", "--inh-caps=-all", "/bin/sh", "-c", Enter, "sh", folder];
    }

    /// <summary>Does something with files as the account could; what it opens stays open.</summary>
    public T Do<T>(Func<T> work)
    {
        var before = FileIdentity.Assume(Id);
        try
        {
            return work();
        }
        finally
        {
            FileIdentity.Assume(before);
        }
    }
}
