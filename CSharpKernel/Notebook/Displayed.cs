using Lyceum.CSharpKernel.Execution;
using Lyceum.CSharpKernel.Formatting;

namespace Lyceum.Notebooks;

/// <summary>Something that a cell has shown and may replace, also from a later cell.</summary>
public sealed class Displayed
{
    private readonly string _id = Guid.NewGuid().ToString("N");

    private Displayed()
    {
    }

    /// <summary>Shows another value in its place.</summary>
    public void Update(object? value) => RunningCell.Current?.Update(Formatter.Format(value), _id);

    internal static Displayed Show(MimeBundle data)
    {
        var displayed = new Displayed();
        RunningCell.Current?.Display(data, displayed._id);
        return displayed;
    }
}
