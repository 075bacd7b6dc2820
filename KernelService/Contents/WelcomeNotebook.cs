using Lyceum.KernelService.Kernelspecs;

namespace Lyceum.KernelService.Contents;

/// <summary>The notebook that a new workspace begins with, in a language that can be run here.</summary>
internal sealed class WelcomeNotebook(KernelspecCatalog kernelspecs)
{
    private const string Name = "Welcome.ipynb";

    // Who deletes the notebook does not want it back.
    private const string Marker = ".welcomed";

    public async Task WriteOnceAsync(string workspace, CancellationToken cancellationToken)
    {
        var marker = Path.Combine(workspace, Marker);
        if (File.Exists(marker))
        {
            return;
        }

        var notebook = Path.Combine(workspace, Name);
        if (!Path.Exists(notebook))
        {
            await AtomicFile.WriteAsync(notebook, await ContentAsync(cancellationToken), cancellationToken);
        }

        await AtomicFile.WriteAsync(marker, default, cancellationToken);
    }

    private async Task<byte[]> ContentAsync(CancellationToken cancellationToken)
    {
        var specs = await kernelspecs.ListAsync(cancellationToken);
        var resource = $"{typeof(WelcomeNotebook).Namespace}.Welcome.{(specs.ContainsKey("python3") ? "python3" : "csharp")}.ipynb";
        await using var stream = typeof(WelcomeNotebook).Assembly.GetManifestResourceStream(resource)
            ?? throw new InvalidOperationException($"The resource {resource} was not built into the service.");
        using var content = new MemoryStream();
        await stream.CopyToAsync(content, cancellationToken);
        return content.ToArray();
    }
}
