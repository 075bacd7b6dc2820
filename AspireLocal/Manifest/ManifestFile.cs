using System.Text.Json;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Publishing;

namespace Lyceum.AspireLocal.Manifest;

/// <summary>Writes the application as Aspire's manifest, the only thing that AspireLocal publishes.</summary>
internal sealed class ManifestFile(
    AppHostRequest request, IReadOnlyList<IResource> resources, DistributedApplicationExecutionContext execution)
{
    public async Task WriteAsync(CancellationToken cancellationToken)
    {
        if (!string.Equals(request.Publisher, "manifest", StringComparison.OrdinalIgnoreCase))
        {
            throw new DistributedApplicationException(Unsupported());
        }

        if (string.IsNullOrWhiteSpace(request.OutputPath))
        {
            throw new DistributedApplicationException("Where should the manifest go? Add --output-path aspire-manifest.json.");
        }

        var path = Path.GetFullPath(request.OutputPath);
        if (Directory.Exists(path))
        {
            path = Path.Combine(path, "aspire-manifest.json");
        }

        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        await using (var file = File.Create(path))
        await using (var writer = new Utf8JsonWriter(file, new JsonWriterOptions { Indented = true }))
        {
            await new ManifestWriter(new ManifestPublishingContext(path, writer), execution).WriteAsync(resources, cancellationToken);
        }

        await Console.Out.WriteLineAsync($"Published manifest to: {path}".AsMemory(), cancellationToken);
    }

    private string Unsupported()
    {
        var targets = resources.OfType<IComputeEnvironmentResource>().Select(target => target.Name).ToArray();
        var asked = request.Step is null ? "Publishing" : $"The step '{request.Step}'";
        var where = targets.Length == 0 ? "" : $" to {string.Join(", ", targets)}";
        return $"{asked}{where} needs the Aspire packages: run it again with the environment variable UseAspire=true on a machine whose "
            + "package source carries them. Without them, --publisher manifest --output-path aspire-manifest.json writes the manifest "
            + "that azd and Aspir8 deploy.";
    }
}
