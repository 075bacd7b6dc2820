namespace Lyceum.ProxyKernel;

/// <summary>The command line.</summary>
/// <param name="ConnectionFile">The connection file to serve; null to install.</param>
/// <param name="Kernel">The kernelspec to run.</param>
/// <param name="Url">Where Lyceum is.</param>
/// <param name="Name">The name of the kernelspec that is installed.</param>
/// <param name="Prefix">Where to install; null for this user.</param>
/// <param name="Beside">The folder of its own kernelspec, as Jupyter says it; null when it does not.</param>
internal sealed record ProxyArguments(string? ConnectionFile, string Kernel, Uri Url, string Name, string? Prefix, string? Beside)
{
    /// <summary>Null if the arguments are not right.</summary>
    public static ProxyArguments? Parse(string[] args)
    {
        var installs = args.Contains("--install");
        string? file = null, prefix = null, beside = null;
        var (kernel, url, name) = ("python3", "http://localhost:8080", "lyceum");
        for (var i = 0; i < args.Length; i++)
        {
            var value = i + 1 < args.Length ? args[i + 1] : null;
            switch (args[i])
            {
                case "--install" or "--user":
                    continue;
                case "--kernel" when value is not null:
                    kernel = value;
                    break;
                case "--url" when value is not null:
                    url = value;
                    break;
                case "--name" when value is not null:
                    name = value;
                    break;
                case "--beside" when value is not null:
                    beside = value;
                    break;
                case "--prefix" when value is not null:
                    prefix = value;
                    break;
                case var argument when !argument.StartsWith('-') && file is null:
                    file = argument;
                    continue;
                default:
                    return null;
            }

            i++;
        }

        return installs == file is null
            && IsName(kernel) && IsName(name) && kernel != name
            && Uri.TryCreate(url, UriKind.Absolute, out var address) && (address.Scheme is "http" or "https")
                ? new ProxyArguments(file, kernel, address, name, prefix, beside)
                : null;

        // jupyter_client.kernelspec: what a kernelspec may be called.
        static bool IsName(string text) => text.Length is > 0 and <= 100 && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-') && text[0] != '.';
    }
}
