using System.Collections.Concurrent;

namespace Lyceum.KernelService.Kernels;

/// <summary>Which notebook each kernel works for, as the client that started or renamed its session told.</summary>
internal sealed class NotebookPaths
{
    private const int MaxLength = 1024;

    private readonly ConcurrentDictionary<string, string> _paths = new(StringComparer.Ordinal);

    public string? Of(string kernelId) => _paths.GetValueOrDefault(kernelId);

    public void Remember(string kernelId, string? path)
    {
        if (!string.IsNullOrEmpty(path))
        {
            _paths[kernelId] = path.Length <= MaxLength ? path : path[..MaxLength];
        }
    }

    public void Forget(string kernelId) => _paths.TryRemove(kernelId, out _);
}
