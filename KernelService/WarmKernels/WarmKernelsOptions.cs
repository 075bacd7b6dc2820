using System.ComponentModel.DataAnnotations;

namespace Lyceum.KernelService.WarmKernels;

/// <summary>The section <c>WarmKernels</c> of the configuration.</summary>
internal sealed class WarmKernelsOptions
{
    /// <summary>How many kernels of each kernelspec wait, started, for someone to open a notebook; 0 to 50, 0 for none. They come on top of <c>Kernels:Max</c>.</summary>
    [Range(0, 50, ErrorMessage = "WarmKernels:Size must be between 0 and 50.")]
    public int Size { get; set; } = 1;

    /// <summary>The kernelspecs that this is done for; by default the default kernelspec alone.</summary>
    [MaxLength(20, ErrorMessage = "WarmKernels:Kernelspecs may name at most 20 kernelspecs.")]
    public IList<string> Kernelspecs { get; } = [];
}
