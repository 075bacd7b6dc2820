using Lyceum.CSharpKernel.Execution;
using Lyceum.CSharpKernel.Formatting;

namespace Lyceum.Notebooks;

/// <summary>What a cell can call without any prefix.</summary>
public static class Notebook
{
    /// <summary>Cancelled when the user interrupts the cell that asks: pass it to what you await.</summary>
    public static CancellationToken InterruptToken => RunningCell.Current?.Interrupted ?? CancellationToken.None;

    /// <summary>Shows a value below the cell, as the last expression of a cell is shown.</summary>
    public static void Display(object? value) => RunningCell.Current?.Display(Formatter.Format(value));

    /// <summary>Shows data that have a format of their own, such as <c>image/svg+xml</c> or <c>application/json</c>.</summary>
    /// <param name="data">The data as text; base64 for binary formats such as <c>image/png</c>.</param>
    /// <param name="mimeType">The format.</param>
    public static void Display(string data, string mimeType)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentException.ThrowIfNullOrWhiteSpace(mimeType);
        RunningCell.Current?.Display(MimeBundle.OfFormat(mimeType, data));
    }

    /// <summary>Markup to show: as the last expression of a cell or through <c>Display</c>.</summary>
    public static Html HTML(string markup) => new(markup);
}

/// <summary>A piece of HTML.</summary>
/// <param name="Markup">Its source.</param>
public sealed record Html(string Markup);

/// <summary>Lets <c>Display</c> be written behind a value.</summary>
public static class DisplayExtensions
{
    /// <summary>Shows the value below the cell.</summary>
    public static void Display<T>(this T value) => Notebook.Display(value);
}
