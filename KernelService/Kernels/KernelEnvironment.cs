using System.Collections;
using System.Globalization;
using System.Text.RegularExpressions;
using Lyceum.KernelService.Accounts;
using Lyceum.KernelService.Kernelspecs;
using Lyceum.KernelService.Outliving;
using Microsoft.Extensions.Options;

namespace Lyceum.KernelService.Kernels;

/// <summary>
/// The environment of a kernel. It runs its user's code, so it gets from the service's own environment only what is
/// named here: keys, connection strings and the like stay out because nobody thought of letting them in.
/// </summary>
internal sealed partial class KernelEnvironment(IOptions<KernelsOptions> options, KernelFolder folder, KeptFiles kept)
{
    private static readonly string[] Usual =
    [
        "PATH", "HOME", "USER", "LOGNAME", "SHELL", "LANG", "LANGUAGE", "TZ", "TMPDIR", "TEMP", "TMP",
        "JUPYTER_PATH", "JUPYTER_DATA_DIR", "JUPYTER_CONFIG_DIR", "PYTHONPATH", "VIRTUAL_ENV", "CONDA_PREFIX", "CONDA_DEFAULT_ENV",
        "R_HOME", "R_LIBS", "R_LIBS_USER", "R_LIBS_SITE", "JAVA_HOME", "JULIA_DEPOT_PATH", "DOTNET_ROOT", "NUGET_PACKAGES",
        "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "CUDA_HOME", "CUDA_VISIBLE_DEVICES", "OMP_NUM_THREADS",
        "SSL_CERT_FILE", "SSL_CERT_DIR", "SystemRoot", "SystemDrive", "PATHEXT", "APPDATA", "LOCALAPPDATA", "USERPROFILE", "ProgramData",
    ];

    private readonly HashSet<string> _inherited =
        [.. Usual.Concat(options.Value.InheritedEnvironment).Select(name => name.ToUpperInvariant())];

    private readonly HashSet<string> _fromClient = [.. options.Value.ClientEnvironment];

    /// <summary>Puts together what the kernel shall see.</summary>
    /// <param name="spec">Its kernelspec.</param>
    /// <param name="kernelId">Its id.</param>
    /// <param name="client">What a client wants it to see.</param>
    /// <param name="workspace">Whose it is; null while it is nobody's.</param>
    public IReadOnlyDictionary<string, string> For(
        Kernelspec spec, string kernelId, IReadOnlyDictionary<string, string?>? client, Workspaces.Workspace? workspace)
    {
        var environment = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (DictionaryEntry entry in Environment.GetEnvironmentVariables())
        {
            var name = (string)entry.Key;
            if (_inherited.Contains(name.ToUpperInvariant()) || name.StartsWith("LC_", StringComparison.Ordinal))
            {
                environment[name] = (string?)entry.Value ?? "";
            }
        }

        if (workspace is { Account: { } account })
        {
            AddOwn(environment, account, workspace.Folder);
        }

        foreach (var (name, value) in client ?? new Dictionary<string, string?>())
        {
            if (value is not null && IsVariable().IsMatch(name) && !value.Contains('\0', StringComparison.Ordinal)
                && (name.StartsWith("KERNEL_", StringComparison.Ordinal) || _fromClient.Contains(name)))
            {
                environment[name] = value;
            }
        }

        foreach (var (name, value) in spec.File.Env)
        {
            environment[name] = Reference().Replace(value, match => environment.GetValueOrDefault(match.Groups[1].Value, match.Value));
        }

        environment["KERNEL_ID"] = kernelId;
        environment["KERNEL_GATEWAY"] = "1";
        if (!kept.IsEnabled)
        {
            // A kernel that is told its parent ends when that does.
            environment["JPY_PARENT_PID"] = Environment.ProcessId.ToString(CultureInfo.InvariantCulture);
        }

        return environment;
    }

    /// <summary>What of the service's own environment would lead to places that are not the account's.</summary>
    private void AddOwn(Dictionary<string, string> environment, UserAccount account, string home)
    {
        environment["HOME"] = home;
        environment["USER"] = environment["LOGNAME"] = account.Name;
        environment["TMPDIR"] = environment["TMP"] = environment["TEMP"] = folder.Of(account);
    }

    [GeneratedRegex(@"^[A-Za-z_][A-Za-z0-9_]{0,127}\z")]
    private static partial Regex IsVariable();

    [GeneratedRegex(@"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")]
    private static partial Regex Reference();
}
