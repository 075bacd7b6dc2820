using System.ComponentModel;
using System.Diagnostics;
using System.Text.Json;
using System.Xml.Linq;

namespace Lyceum.CSharpKernel.Packages;

/// <summary>Has the .NET SDK restore packages, from the feeds that NuGet is configured with for this user and machine.</summary>
internal static class PackageRestore
{
    private const int MaxErrors = 10;
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);

    /// <exception cref="PackageException">There is no SDK, no feed that has the packages, or no end in three minutes.</exception>
    public static async Task<RestoredPackages> RunAsync(IEnumerable<PackageRequest> packages, CancellationToken cancellationToken)
    {
        var folder = CreateFolder();
        try
        {
            var project = Path.Combine(folder, "notebook.csproj");
            await File.WriteAllTextAsync(project, Project(packages).ToString(), cancellationToken);
            await RestoreAsync(project, cancellationToken);
            return await RestoredPackages.ReadAsync(Path.Combine(folder, "obj", "project.assets.json"), cancellationToken);
        }
        catch (JsonException exception)
        {
            throw new PackageException($"What the restore wrote cannot be read: {exception.Message}");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    // Not below /tmp: NuGet and MSBuild read configuration from all parent folders, and in /tmp anybody may put one.
    private static string CreateFolder()
    {
        var data = Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify);
        var root = data.Length > 0 ? Path.Combine(data, "lyceum", "csharp-kernel") : AppContext.BaseDirectory;
        return Directory.CreateDirectory(Path.Combine(root, $"restore-{Guid.NewGuid():N}")).FullName;
    }

    private static XElement Project(IEnumerable<PackageRequest> packages) => new(
        "Project",
        new XAttribute("Sdk", "Microsoft.NET.Sdk"),
        new XElement(
            "PropertyGroup",
            new XElement("TargetFramework", $"net{Environment.Version.Major}.{Environment.Version.Minor}"),
            new XElement("UseCurrentRuntimeIdentifier", true),
            new XElement("SelfContained", false),
            // The start program of an application would be one more package to fetch.
            new XElement("UseAppHost", false),
            new XElement("NuGetAudit", false)),
        new XElement("ItemGroup", packages.Select(package => new XElement(
            "PackageReference", new XAttribute("Include", package.Name), new XAttribute("Version", package.Version)))));

    private static async Task RestoreAsync(string project, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Limit);
        using var restore = Start(project);
        try
        {
            restore.StandardInput.Close();
            var warnings = ErrorsAsync(restore.StandardError, limit.Token);
            var errors = await ErrorsAsync(restore.StandardOutput, limit.Token);
            errors.AddRange(await warnings);
            await restore.WaitForExitAsync(limit.Token);
            if (restore.ExitCode != 0)
            {
                throw new PackageException(errors.Count > 0
                    ? string.Join('\n', errors.Distinct())
                    : $"The restore failed without a reason (exit code {restore.ExitCode}).");
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new PackageException($"The restore was stopped after {Limit.TotalMinutes} minutes: no feed answered in time.");
        }
        finally
        {
            restore.Kill(entireProcessTree: true);
        }
    }

    private static Process Start(string project)
    {
        var own = Environment.ProcessPath;
        var dotnet = Path.GetFileNameWithoutExtension(own) == "dotnet" ? own! : Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet";
        var start = new ProcessStartInfo(
            dotnet, ["restore", project, "-p:ImportDirectoryBuildProps=false", "-p:ImportDirectoryBuildTargets=false", "-p:ImportDirectoryPackagesProps=false", "-nodeReuse:false"])
        {
            WorkingDirectory = Path.GetDirectoryName(project),
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["DOTNET_NOLOGO"] = "1", ["DOTNET_GENERATE_ASPNET_CERTIFICATE"] = "0", ["DOTNET_CLI_UI_LANGUAGE"] = "en" },
        };
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception exception)
        {
            throw new PackageException($"#r \"nuget: ...\" needs the .NET SDK, and '{dotnet}' cannot be started: {exception.Message}");
        }
    }

    private static async Task<List<string>> ErrorsAsync(StreamReader output, CancellationToken cancellationToken)
    {
        var errors = new List<string>();
        while (await output.ReadLineAsync(cancellationToken) is { } line)
        {
            // path : error NU1101: Unable to find package ... [path]
            var start = line.IndexOf("error ", StringComparison.Ordinal);
            if (line.Contains("No .NET SDKs were found", StringComparison.Ordinal))
            {
                errors.Insert(0, "#r \"nuget: ...\" needs the .NET SDK; on this machine is only the runtime.");
            }
            else if (start >= 0 && errors.Count < MaxErrors)
            {
                errors.Add(line[(start + "error ".Length)..]);
            }
        }

        return errors;
    }
}
