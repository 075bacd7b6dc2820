namespace Lyceum.KernelService.Kernelspecs;

/// <summary>The section <c>Kernelspecs</c> of the configuration.</summary>
internal sealed class KernelspecsOptions
{
    /// <summary>Data folders to look in before Jupyter's own, each with kernelspecs below <c>kernels</c>.</summary>
    public IList<string> Folders { get; } = [];

    /// <summary>The kernelspec to start when a client names none; by default <c>python3</c> if it is there, else <c>csharp</c>.</summary>
    public string? Default { get; set; }
}
