using System.Diagnostics;
using System.Text;
using System.Text.Json.Nodes;
using Lyceum.Testing;

namespace Lyceum.KernelService.Tests.Clients;

/// <summary>JupyterLab's own client under node, with the packages that the web page is built of.</summary>
internal static class JupyterLabClient
{
    /// <summary>Runs the scenarios of <c>services.mjs</c>; what went wrong by their names, or null.</summary>
    public static async Task<IReadOnlyDictionary<string, string?>> RunAsync(KernelServiceFixture service, string framing, string[] scenarios)
    {
        var root = Root();
        var sam = KernelServiceFixture.Sam;
        var start = new ProcessStartInfo("node",
        [
            Path.Combine(root, "tests", "KernelService.Tests", "Clients", "services.mjs"), Path.Combine(root, "web"),
            service.Address.GetLeftPart(UriPartial.Authority), TestIdentity.Token(sam), service.WorkspaceOf(sam), framing, .. scenarios,
        ])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var node = Process.Start(start)!;
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(3));
        var errors = node.StandardError.ReadToEndAsync(limit.Token);
        var results = new Dictionary<string, string?>(StringComparer.Ordinal);
        var other = new StringBuilder();
        try
        {
            while (await node.StandardOutput.ReadLineAsync(limit.Token) is { } line)
            {
                if (line.StartsWith("{\"name\"", StringComparison.Ordinal))
                {
                    var result = JsonNode.Parse(line)!;
                    results[result["name"]!.GetValue<string>()] = result["error"]?.GetValue<string>();
                }
                else
                {
                    other.AppendLine(line);
                }
            }

            other.Append(await errors);
        }
        catch (OperationCanceledException)
        {
            other.AppendLine("It did not end within three minutes.");
        }
        finally
        {
            node.Kill(entireProcessTree: true);
        }

        foreach (var name in scenarios)
        {
            results.TryAdd(name, $"It was not reached: {other}");
        }

        return results;
    }

    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "aspire.sln")))
        {
            folder = folder.Parent ?? throw new InvalidOperationException($"{AppContext.BaseDirectory} is not below the repository.");
        }

        return folder.FullName;
    }
}
